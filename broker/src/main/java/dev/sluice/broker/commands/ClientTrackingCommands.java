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
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Sessions;
import dev.sluice.broker.session.Tracking;
import dev.sluice.broker.session.TrackingTable;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** CLIENT TRACKING and what belongs to it: client-side caching. {@link TrackingTable} does it. */
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

    private final Sessions sessions;
    private final TrackingTable table;

    ClientTrackingCommands(Sessions sessions, TrackingTable table) {
        this.sessions = sessions;
        this.table = table;
    }

    List<Command> rows() {
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
                        .runs(call -> redirect(call.session())),
                ClientCommands.own("TRACKING", -3)
                        .since("6.0.0")
                        .flags(CONNECTION_STATE)
                        .complexity("O(1)")
                        .says("Switches on and off that the client is told of changes to keys it has read.")
                        .takes(TRACKING)
                        .runs(this::tracking),
                ClientCommands.own("TRACKINGINFO", 2)
                        .since("6.2.0")
                        .complexity("O(1)")
                        .says("How this connection tracks keys.")
                        .runs(ClientTrackingCommands::info));
    }

    private static Reply caching(Call call) {
        Tracking tracking = call.session().tracking();
        if (tracking == null) {
            throw new CommandError(
                    "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or"
                            + " OPTOUT mode enabled");
        }
        boolean yes = call.argument(2).is("YES");
        if (!yes && !call.argument(2).is("NO")) {
            throw CommandError.syntax();
        }
        if (!(yes ? tracking.isOptIn() : tracking.isOptOut())) {
            throw new CommandError("ERR CLIENT CACHING " + (yes ? "YES" : "NO")
                    + " is only valid when tracking is enabled in " + (yes ? "OPTIN" : "OPTOUT") + " mode.");
        }
        tracking.caching(true);
        return Reply.Status.OK;
    }

    private static Reply redirect(Session session) {
        Tracking tracking = session.tracking();
        return Reply.integer(tracking == null ? -1 : tracking.redirect());
    }

    private static Reply info(Call call) {
        Tracking tracking = call.session().tracking();
        List<Reply> flags = new ArrayList<>();
        List<Reply> prefixes = new ArrayList<>();
        if (tracking == null) {
            flags.add(Bytes.of("off"));
        } else {
            flags.add(Bytes.of("on"));
            addIf(tracking.isBroadcast(), "bcast", flags);
            addIf(tracking.isOptIn(), "optin", flags);
            addIf(tracking.isOptIn() && tracking.isCaching(), "caching-yes", flags);
            addIf(tracking.isOptOut(), "optout", flags);
            addIf(tracking.isOptOut() && tracking.isCaching(), "caching-no", flags);
            addIf(tracking.isNoLoop(), "noloop", flags);
            addIf(tracking.isBroken(), "broken_redirect", flags);
            prefixes.addAll(tracking.prefixes());
        }
        return Reply.map(
                Bytes.of("flags"),
                new Reply.Set(flags),
                Bytes.of("redirect"),
                redirect(call.session()),
                Bytes.of("prefixes"),
                Reply.array(prefixes));
    }

    private static void addIf(boolean is, String flag, List<Reply> flags) {
        if (is) {
            flags.add(Bytes.of(flag));
        }
    }

    private Reply tracking(Call call) {
        Tracking.Options options = options(call.args(3));
        if (call.argument(2).is("ON")) {
            check(options, call.session().tracking());
            table.enable(call.session(), options);
        } else if (call.argument(2).is("OFF")) {
            table.disable(call.session());
        } else {
            throw CommandError.syntax();
        }
        return Reply.Status.OK;
    }

    private Tracking.Options options(Args args) {
        boolean broadcast = false;
        boolean optIn = false;
        boolean optOut = false;
        boolean noLoop = false;
        long redirect = 0;
        List<Bytes> prefixes = new ArrayList<>();
        while (args.hasNext()) {
            if (args.remaining() > 1 && args.skip("REDIRECT")) {
                redirect = redirect(redirect, args.next());
            } else if (args.remaining() > 1 && args.skip("PREFIX")) {
                prefixes.add(Bytes.of(args.next().toArray()));
            } else if (args.skip("BCAST")) {
                broadcast = true;
            } else if (args.skip("OPTIN")) {
                optIn = true;
            } else if (args.skip("OPTOUT")) {
                optOut = true;
            } else if (args.skip("NOLOOP")) {
                noLoop = true;
            } else {
                throw CommandError.syntax();
            }
        }
        return new Tracking.Options(broadcast, optIn, optOut, noLoop, redirect, prefixes);
    }

    private long redirect(long before, Bytes to) {
        if (before != 0) {
            throw new CommandError("ERR A client can only redirect to a single other client");
        }
        long id = Args.toLong(to);
        Session session = sessions.byId(id);
        if (session == null || session.isShared()) {
            throw new CommandError("ERR The client ID you want redirect to does not exist");
        }
        return id;
    }

    private static void check(Tracking.Options options, @Nullable Tracking now) {
        if (!options.prefixes().isEmpty() && !options.broadcast()) {
            throw new CommandError("ERR PREFIX option requires BCAST mode to be enabled");
        }
        if (now != null && now.isBroadcast() != options.broadcast()) {
            throw cannotSwitch("BCAST mode on/off");
        }
        if (options.broadcast() && (options.optIn() || options.optOut())) {
            throw new CommandError("ERR OPTIN and OPTOUT are not compatible with BCAST");
        }
        if (options.optIn() && options.optOut()) {
            throw new CommandError("ERR You can't specify both OPTIN mode and OPTOUT mode");
        }
        if (now != null && (options.optIn() && now.isOptOut() || options.optOut() && now.isOptIn())) {
            throw cannotSwitch("OPTIN/OPTOUT mode");
        }
        checkPrefixes(options.prefixes(), now == null ? Set.of() : now.prefixes());
    }

    private static CommandError cannotSwitch(String mode) {
        return new CommandError("ERR You can't switch " + mode + " before disabling tracking for this client, and then"
                + " re-enabling it with a different mode.");
    }

    private static void checkPrefixes(List<Bytes> prefixes, Set<Bytes> now) {
        for (int i = 0; i < prefixes.size(); i++) {
            Bytes prefix = prefixes.get(i);
            for (Bytes other : now) {
                checkApart(prefix, other, "an existing");
            }
            for (int j = i + 1; j < prefixes.size(); j++) {
                checkApart(prefix, prefixes.get(j), "another provided");
            }
        }
    }

    private static void checkApart(Bytes prefix, Bytes other, String which) {
        if (prefix.startsWith(other) || other.startsWith(prefix)) {
            throw new CommandError("ERR Prefix '" + shown(prefix) + "' overlaps with " + which + " prefix '"
                    + shown(other) + "'. Prefixes for a single client must not overlap.");
        }
    }

    /** As Redis shows it: up to its first NUL. */
    private static String shown(Bytes prefix) {
        String text = prefix.toLatin1();
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }
}
