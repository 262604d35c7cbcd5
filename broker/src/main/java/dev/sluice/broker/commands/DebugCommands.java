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
import dev.sluice.broker.command.Handler;
import dev.sluice.broker.config.Numerals;
import dev.sluice.streams.hub.Glob;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DEBUG: for tests and developers, behind {@code enable-debug-command}. One row, as Redis has it, with its own table. */
final class DebugCommands {
    private static final Logger log = LoggerFactory.getLogger(DebugCommands.class);
    private static final int GLOB_TRIES = 100_000;
    private static final int GLOB_BYTES_MAX = 24;
    private static final long PACKED_BYTES_MAX = (1L << 32) - (1 << 20);

    /**
     * What may follow DEBUG.
     *
     * @param least arguments, DEBUG and the word included
     * @param most the same
     */
    private record Row(String word, int least, int most, String usage, String says, Handler runs) {
        boolean takes(Call call) {
            return call.argument(1).is(word) && call.size() >= least && call.size() <= most;
        }
    }

    private final Debugging house;
    private final List<Row> rows;

    DebugCommands(Debugging house, DebugPopulate populate, ConfigRewriting rewriting, DebugReload reload) {
        this.house = house;
        this.rows = List.of(
                row(
                        "AOF-FLUSH-SLEEP",
                        3,
                        " <microseconds>",
                        "Each write to the append-only file takes so much longer.",
                        reload::slowDown),
                row("CHANGE-REPL-ID", 2, "", "Gives the data's history another name.", this::changeReplicationId),
                row(
                        "CONFIG-REWRITE-FORCE-ALL",
                        2,
                        "",
                        "CONFIG REWRITE with a line of every parameter.",
                        call -> rewriting.run(call, true)),
                row("DIGEST", 2, "", "A hash of all data.", DebugCommands::digest),
                new Row(
                        "DIGEST-VALUE",
                        2,
                        Integer.MAX_VALUE,
                        " <key> [<key> ...]",
                        "A hash of each of these values.",
                        DebugCommands::digestValues),
                row("ERROR", 3, " <string>", "Answers an error with this text.", DebugCommands::error),
                row("HTSTATS", 3, " <dbid>", "How full the table of a database is.", DebugTables::ofDatabase),
                row("HTSTATS-KEY", 3, " <key>", "The same of a hash table under a key.", DebugTables::ofKey),
                row("LOG", 3, " <message>", "Writes a line into the log.", DebugCommands::log),
                row("OBJECT", 3, " <key>", "How a value is kept.", DebugObject::describe),
                row("PAUSE-CRON", 3, " <0|1>", "At 1, stops housekeeping.", this::pauseHousekeeping),
                new Row(
                        "POPULATE",
                        3,
                        5,
                        " <count> [<prefix>] [<size>]",
                        "Adds strings key:0, key:1 and so on, unless they are there.",
                        populate::run),
                row("LOADAOF", 2, "", "Reads the append-only file in place of all data.", reload::loadAppendLog),
                row("PROTOCOL", 3, " <type>", "Answers a reply of this type.", DebugReplies::reply),
                row(
                        "QUICKLIST-PACKED-THRESHOLD",
                        3,
                        " <size>",
                        "Has no effect: long elements have nodes of their own anyway.",
                        DebugCommands::packedThreshold),
                new Row(
                        "RELOAD",
                        2,
                        Integer.MAX_VALUE,
                        " [MERGE] [NOFLUSH] [NOSAVE]",
                        "Writes all data to its file and reads it again.",
                        reload::reload),
                new Row(
                        "REPLYBUFFER",
                        4,
                        4,
                        " <PEAK-RESET-TIME|RESIZING> <value>",
                        "Has no effect: who is owed nothing has no buffer.",
                        call -> Reply.Status.OK),
                row("SET-ACTIVE-EXPIRE", 3, " <0|1>", "At 0, keys expire only when asked for.", this::activeExpiry),
                row(
                        "SET-SKIP-CHECKSUM-VALIDATION",
                        3,
                        " <0|1>",
                        "At 1, checksums of files and payloads are not looked at.",
                        reload::skipChecksums),
                row("SLEEP", 3, " <seconds>", "Does nothing else for so long.", this::sleep),
                row("STRINGMATCH-LEN", 4, " <pattern> <string>", "Whether they match.", DebugCommands::matches),
                row("STRINGMATCH-TEST", 2, "", "Tries patterns at random.", DebugCommands::tryPatterns),
                row("HELP", 2, "", "Lists what there is.", this::help));
    }

    private static Row row(String word, int size, String usage, String says, Handler runs) {
        return new Row(word, size, size, usage, says, runs);
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
        for (Row row : rows) {
            if (row.takes(call)) {
                return row.runs.run(call);
            }
        }
        throw new CommandError("ERR unknown subcommand or wrong number of arguments for '"
                + call.argument(1).toLatin1() + "'. Try DEBUG HELP.");
    }

    private Reply help(Call call) {
        List<Reply> lines = new ArrayList<>();
        lines.add(new Reply.Status("DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        for (Row row : rows) {
            lines.add(new Reply.Status(row.word + row.usage));
            lines.add(new Reply.Status("    " + row.says));
        }
        return Reply.array(lines);
    }

    private static Reply digest(Call call) {
        return new Reply.Status(new DatasetDigest().of(call.keyspace()));
    }

    private static Reply digestValues(Call call) {
        List<Reply> digests = new ArrayList<>();
        for (int i = 2; i < call.size(); i++) {
            digests.add(new Reply.Status(new DatasetDigest().of(call.database(), call.argument(i))));
        }
        return Reply.array(digests);
    }

    private static Reply error(Call call) {
        return Reply.error(call.argument(2).toLatin1());
    }

    private static Reply log(Call call) {
        log.warn("DEBUG LOG: {}", call.argument(2));
        return Reply.Status.OK;
    }

    private Reply changeReplicationId(Call call) {
        house.changeReplicationId();
        return Reply.Status.OK;
    }

    private Reply activeExpiry(Call call) {
        house.activeExpiry(isOn(call.argument(2)));
        return Reply.Status.OK;
    }

    private Reply pauseHousekeeping(Call call) {
        house.housekeeping(!isOn(call.argument(2)));
        return Reply.Status.OK;
    }

    /** As atoi(3) reads it: what is no number is 0. */
    private static boolean isOn(Bytes text) {
        return text.toLatin1().matches("\\s*[+-]?0*[1-9].*");
    }

    /** What is no number is 0, and for ever as well. */
    private Reply sleep(Call call) {
        double seconds = Numbers.toDouble(call.argument(2));
        house.hold(Double.isFinite(seconds) ? (long) (seconds * 1e9) : 0);
        return Reply.Status.OK;
    }

    private static Reply packedThreshold(Call call) {
        Long bytes = Numerals.memory(call.argument(2).toLatin1());
        if (bytes == null || bytes < 0 || bytes > PACKED_BYTES_MAX) {
            throw new CommandError("ERR argument must be a memory value bigger than 1 and smaller than 4gb");
        }
        return Reply.Status.OK;
    }

    private static Reply matches(Call call) {
        return Reply.integer(Glob.matches(call.argument(2), call.argument(3)) ? 1 : 0);
    }

    /** It would not come back if one of them failed. The same ones each time. */
    private static Reply tryPatterns(Call call) {
        SplittableRandom random = new SplittableRandom(GLOB_TRIES);
        int matched = 0;
        for (int i = 0; i < GLOB_TRIES; i++) {
            byte[] pattern = new byte[random.nextInt(GLOB_BYTES_MAX)];
            byte[] text = new byte[random.nextInt(GLOB_BYTES_MAX)];
            for (int at = 0; at < pattern.length; at++) {
                pattern[at] = (byte) "*?[]^-\\ab".charAt(random.nextInt(9));
            }
            for (int at = 0; at < text.length; at++) {
                text[at] = (byte) "ab^-".charAt(random.nextInt(4));
            }
            matched += Glob.matches(Bytes.of(pattern), Bytes.of(text)) ? 1 : 0;
        }
        return new Reply.Status(matched + " of " + GLOB_TRIES + " patterns matched: test passed");
    }
}
