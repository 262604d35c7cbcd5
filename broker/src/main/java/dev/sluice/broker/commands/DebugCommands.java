package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.DEBUG;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.STALE;
import static dev.sluice.broker.command.Flag.SYSCMD;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** DEBUG: for tests and developers, behind {@code enable-debug-command}. */
final class DebugCommands {
    private final Consumer<Boolean> activeExpiry;
    private final LongConsumer hold;

    /**
     * @param activeExpiry switches the removal of expired keys that nobody asks for
     * @param hold keeps the loop for so many nanoseconds
     */
    DebugCommands(Consumer<Boolean> activeExpiry, LongConsumer hold) {
        this.activeExpiry = activeExpiry;
        this.hold = hold;
    }

    List<Command> table() {
        return Group.SERVER.rows(control("DEBUG", -2)
                .since("1.0.0")
                .flags(ADMIN, NOSCRIPT, LOADING, STALE, DEBUG, SYSCMD)
                .complexity("As its subcommands")
                .says("For tests and developers.")
                .runs(this::debug));
    }

    private Reply debug(Call call) {
        Bytes word = call.argument(1);
        if (word.is("DIGEST") && call.size() == 2) {
            return new Reply.Status(new DatasetDigest().of(call.keyspace()));
        }
        if (word.is("DIGEST-VALUE") && call.size() >= 2) {
            List<Reply> digests = new ArrayList<>();
            for (int i = 2; i < call.size(); i++) {
                digests.add(new Reply.Status(new DatasetDigest().of(call.database(), call.argument(i))));
            }
            return Reply.array(digests);
        }
        if (word.is("SET-ACTIVE-EXPIRE") && call.size() == 3) {
            activeExpiry.accept(!call.argument(2).equals(Bytes.of("0")));
            return Reply.Status.OK;
        }
        if (word.is("SLEEP") && call.size() == 3) {
            hold.accept((long) (Numbers.toDouble(call.argument(2)) * 1e9)); // what is no number is 0
            return Reply.Status.OK;
        }
        throw new CommandError(
                "ERR unknown subcommand or wrong number of arguments for '" + word.toLatin1() + "'. Try DEBUG HELP.");
    }
}
