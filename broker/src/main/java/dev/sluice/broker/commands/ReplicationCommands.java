package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Category.CONNECTION;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.NO_ASYNC_LOADING;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Category;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.Timeout;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** What concerns replicas, of which there are none. */
final class ReplicationCommands {
    private static final Argument PRIMARY = oneOf(
            "args",
            block("host-port", string("host"), integer("port")),
            block("no-one", word("no", "NO"), word("one", "ONE")));

    static final List<Command> TABLE = Group.GENERIC.rows(
            control("WAIT", 3)
                    .since("3.0.0")
                    .flags(NOSCRIPT)
                    .categories(CONNECTION)
                    .tips("request_policy:all_shards", "response_policy:agg_min")
                    .complexity("O(1)")
                    .says(
                            "Waits until the connection's writes have reached so many replicas; says how many they reached.")
                    .takes(integer("numreplicas"), integer("timeout"))
                    .runs(ReplicationCommands::await),
            control("ROLE", 1)
                    .group(Group.SERVER)
                    .since("2.8.12")
                    .flags(NOSCRIPT, LOADING, STALE, FAST)
                    .categories(Category.ADMIN, Category.DANGEROUS)
                    .complexity("O(1)")
                    .says("What part the broker has in replication: that of a primary without replicas.")
                    .runs(call -> Reply.array(Bytes.of("master"), Reply.integer(0), Reply.Array.EMPTY)),
            replicaof("REPLICAOF").since("5.0.0"),
            replicaof("SLAVEOF").since("1.0.0").deprecated("5.0.0", "`REPLICAOF`"));

    private static Command replicaof(String name) {
        return control(name, 3)
                .group(Group.SERVER)
                .flags(NO_ASYNC_LOADING, ADMIN, NOSCRIPT, STALE)
                .complexity("O(1)")
                .says("Would follow a primary; NO ONE leaves it a primary.")
                .takes(PRIMARY)
                .runs(ReplicationCommands::follow);
    }

    private ReplicationCommands() {}

    private static Reply await(Call call) {
        long replicas = Args.toLong(call.argument(1));
        long timeoutMs = Timeout.wholeMs(call.argument(2));
        Reply reached = Reply.integer(0);
        if (replicas <= 0 || !call.mayWait()) {
            return reached;
        }
        return call.waitFor(List.of(), Value.Type.STRING, timeoutMs, reached, (again, key) -> null);
    }

    private static Reply follow(Call call) {
        if (call.argument(1).is("NO") && call.argument(2).is("ONE")) {
            return Reply.Status.OK;
        }
        Bytes port = call.argument(2);
        if (!Numbers.isLong(port) || Numbers.toLong(port) < 0 || Numbers.toLong(port) > 65535) {
            throw new CommandError("ERR Invalid master port");
        }
        throw new CommandError("ERR Replication is not supported by this version of the server");
    }
}
