package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Category.CONNECTION;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.NOSCRIPT;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.Timeout;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** What concerns replicas, of which there are none. */
final class ReplicationCommands {
    static final List<Command> TABLE = Group.GENERIC.rows(control("WAIT", 3)
            .since("3.0.0")
            .flags(NOSCRIPT)
            .categories(CONNECTION)
            .tips("request_policy:all_shards", "response_policy:agg_min")
            .complexity("O(1)")
            .says("Waits until the connection's writes have reached so many replicas; says how many they reached.")
            .takes(integer("numreplicas"), integer("timeout"))
            .runs(ReplicationCommands::await));

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
}
