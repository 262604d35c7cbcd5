package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Flag.ADMIN;

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Timeout;
import dev.sluice.broker.session.Pause;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** CLIENT PAUSE and UNPAUSE. */
final class ClientPauseCommands {
    private static final Argument MODE = oneOf("mode", word("write", "WRITE"), word("all", "ALL"))
            .since("6.2.0")
            .optional();

    private final Pause pause;

    ClientPauseCommands(Pause pause) {
        this.pause = pause;
    }

    List<Command> rows() {
        return List.of(
                ClientCommands.own("PAUSE", -3)
                        .since("2.9.50")
                        .flags(ADMIN)
                        .complexity("O(1)")
                        .says("Holds what clients ask for some milliseconds, or only what writes.")
                        .changed("6.2.0", "Mode WRITE.")
                        .takes(integer("timeout"), MODE)
                        .runs(this::pause),
                ClientCommands.own("UNPAUSE", 2)
                        .since("6.2.0")
                        .flags(ADMIN)
                        .complexity("O(N), N requests held")
                        .says("Ends a pause.")
                        .runs(call -> {
                            pause.end();
                            return Reply.Status.OK;
                        }));
    }

    private Reply pause(Call call) {
        if (call.size() > 4) {
            throw Help.wrongArguments(call);
        }
        Pause.Scope scope = call.size() == 4 ? scope(call.argument(3)) : Pause.Scope.ALL;
        long ms = Timeout.wholeMs(call.argument(2));
        // What a time cannot hold comes out as one that is over, as it does in Redis.
        pause.begin(scope, ms == 0 ? 0 : call.now() + ms, call.now());
        return Reply.Status.OK;
    }

    private static Pause.Scope scope(Bytes mode) {
        if (mode.is("WRITE")) {
            return Pause.Scope.WRITE;
        }
        if (mode.is("ALL")) {
            return Pause.Scope.ALL;
        }
        throw new CommandError("ERR CLIENT PAUSE mode must be WRITE or ALL");
    }
}
