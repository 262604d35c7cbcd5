package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Flag.CONNECTION_STATE;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.session.Sessions;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;

/**
 * CLIENT TRACKING and what asks about it. No key is tracked yet: switching it on is refused, as a client would trust its
 * cache without ever being told that it is stale; all else answers as for a connection that does not track.
 */
final class ClientTrackingCommands {
    private static final Argument MODE = oneOf("mode", word("yes", "YES"), word("no", "NO"));
    private static final Argument[] TRACKING = {
        oneOf("status", word("on", "ON"), word("off", "OFF")),
        integer("client-id").token("REDIRECT").optional(),
        string("prefix").token("PREFIX").optional().multiple().multipleToken(),
        word("bcast", "BCAST").optional(),
        word("optin", "OPTIN").optional(),
        word("optout", "OPTOUT").optional(),
        word("noloop", "NOLOOP").optional()
    };

    private ClientTrackingCommands() {}

    static List<Command> rows(Sessions sessions) {
        return List.of(
                ClientCommands.own("CACHING", 3)
                        .since("6.0.0")
                        .flags(CONNECTION_STATE)
                        .complexity("O(1)")
                        .says("Says whether the keys of the next request are tracked.")
                        .takes(MODE)
                        .runs(ClientTrackingCommands::caching),
                ClientCommands.own("GETREDIR", 2)
                        .since("6.0.0")
                        .complexity("O(1)")
                        .says("Number of the connection that hears of changed keys in place of this one.")
                        .runs(call -> Reply.integer(-1)),
                ClientCommands.own("TRACKING", -3)
                        .since("6.0.0")
                        .flags(CONNECTION_STATE)
                        .complexity("O(1)")
                        .says("Switches on and off that the client is told of changes to keys it has read.")
                        .takes(TRACKING)
                        .runs(call -> tracking(sessions, call)),
                ClientCommands.own("TRACKINGINFO", 2)
                        .since("6.2.0")
                        .complexity("O(1)")
                        .says("How this connection tracks keys.")
                        .runs(call -> info()));
    }

    private static Reply caching(Call call) {
        throw new CommandError("ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or"
                + " OPTOUT mode enabled");
    }

    private static Reply info() {
        return Reply.map(
                Bytes.of("flags"),
                new Reply.Set(List.of(Bytes.of("off"))),
                Bytes.of("redirect"),
                Reply.integer(-1),
                Bytes.of("prefixes"),
                Reply.Array.EMPTY);
    }

    /** What TRACKING is told. */
    private record Options(boolean broadcast, boolean optIn, boolean optOut, boolean prefixes) {
        static Options parse(Sessions sessions, Args args) {
            boolean broadcast = false;
            boolean optIn = false;
            boolean optOut = false;
            boolean prefixes = false;
            long redirect = 0;
            while (args.hasNext()) {
                if (args.remaining() > 1 && args.skip("REDIRECT")) {
                    redirect = redirect(sessions, redirect, args.next());
                } else if (args.remaining() > 1 && args.skip("PREFIX")) {
                    var unused = args.next();
                    prefixes = true;
                } else if (args.skip("BCAST")) {
                    broadcast = true;
                } else if (args.skip("OPTIN")) {
                    optIn = true;
                } else if (args.skip("OPTOUT")) {
                    optOut = true;
                } else if (!args.skip("NOLOOP")) {
                    throw CommandError.syntax();
                }
            }
            return new Options(broadcast, optIn, optOut, prefixes);
        }

        private static long redirect(Sessions sessions, long before, Bytes to) {
            if (before != 0) {
                throw new CommandError("ERR A client can only redirect to a single other client");
            }
            long id = Args.toLong(to);
            if (sessions.byId(id) == null) {
                throw new CommandError("ERR The client ID you want redirect to does not exist");
            }
            return id;
        }

        void check() {
            if (prefixes && !broadcast) {
                throw new CommandError("ERR PREFIX option requires BCAST mode to be enabled");
            }
            if (broadcast && (optIn || optOut)) {
                throw new CommandError("ERR OPTIN and OPTOUT are not compatible with BCAST");
            }
            if (optIn && optOut) {
                throw new CommandError("ERR You can't specify both OPTIN mode and OPTOUT mode");
            }
        }
    }

    private static Reply tracking(Sessions sessions, Call call) {
        Options options = Options.parse(sessions, call.args(3));
        if (call.argument(2).is("ON")) {
            options.check();
            throw new CommandError("ERR tracking of keys is not available on this server");
        }
        if (!call.argument(2).is("OFF")) {
            throw CommandError.syntax();
        }
        return Reply.Status.OK;
    }
}
