package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Flag.CONNECTION_STATE;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/** CLIENT OVERFLOW: what becomes of messages that a connection does not take. Ours; no Redis has it. */
final class ClientOverflowCommand {
    private static final int BUFFER_MESSAGES = 1024;
    private static final Argument POLICY = oneOf(
            "policy",
            word("disconnect", "DISCONNECT"),
            word("drop-oldest", "DROP-OLDEST"),
            word("drop-newest", "DROP-NEWEST"),
            word("latest", "LATEST"),
            word("throttle", "THROTTLE"));

    private final IntSupplier messagesMax;

    /** @param messagesMax the largest BUFFER */
    ClientOverflowCommand(IntSupplier messagesMax) {
        this.messagesMax = messagesMax;
    }

    List<Command> rows() {
        return List.of(ClientCommands.own("OVERFLOW", -3)
                .since("7.2.4")
                .flags(CONNECTION_STATE)
                .onRSocket("pubsub.subscribe")
                .complexity("O(N), N messages that wait")
                .says("Chooses what becomes of messages that the connection is too slow to take.")
                .takes(POLICY, integer("messages").token("BUFFER").optional())
                .runs(this::overflow));
    }

    private Reply overflow(Call call) {
        Overflow policy = policy(call.argument(2));
        Args args = call.args(3);
        int most = messagesMax.getAsInt();
        int messages = policy == Overflow.DISCONNECT ? most : Math.min(BUFFER_MESSAGES, most);
        if (args.hasNext()) {
            if (!args.skip("BUFFER")) {
                throw CommandError.syntax();
            }
            messages = (int) Args.toLong(args.next(), 1, most, "ERR BUFFER must be between 1 and " + most);
            if (args.hasNext()) {
                throw CommandError.syntax();
            }
        }
        call.session().connection().overflow(policy, messages);
        return Reply.Status.OK;
    }

    private static Overflow policy(Bytes name) {
        Overflow policy = Overflow.named(name.toLatin1());
        if (policy == null) {
            throw new CommandError("ERR the overflow policy must be one of "
                    + Arrays.stream(Overflow.values()).map(Overflow::text).collect(Collectors.joining(", ")));
        }
        return policy;
    }
}
