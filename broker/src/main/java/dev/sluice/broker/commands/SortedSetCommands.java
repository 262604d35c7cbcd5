package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sorted sets, one member at a time. Ranges have a table of their own. */
final class SortedSetCommands {
    static final List<Command> TABLE = List.of(
            write("ZADD", -4, key(1, "RW", "update")).flags(DENYOOM, FAST).runs(SortedSetCommands::zadd),
            write("ZINCRBY", 4, key(1, "RW", "access", "update"))
                    .flags(DENYOOM, FAST)
                    .runs(SortedSetCommands::zincrby),
            read("ZSCORE", 3, key(1, "RO", "access")).flags(FAST).runs(SortedSetCommands::zscore),
            read("ZRANK", 3, key(1, "RO", "access")).flags(FAST).runs(call -> rank(call, false)),
            read("ZREVRANK", 3, key(1, "RO", "access")).flags(FAST).runs(call -> rank(call, true)),
            read("ZCARD", 2, key(1, "RO")).flags(FAST).runs(SortedSetCommands::zcard),
            write("ZREM", -3, key(1, "RW", "delete")).flags(FAST).runs(SortedSetCommands::zrem));

    private SortedSetCommands() {}

    /** What ZADD is told, members apart: those begin at {@code first}, a score before each. */
    private record AddOptions(boolean nx, boolean xx, boolean gt, boolean lt, boolean ch, boolean incr, int first) {
        static AddOptions parse(Call call) {
            boolean nx = false;
            boolean xx = false;
            boolean gt = false;
            boolean lt = false;
            boolean ch = false;
            boolean incr = false;
            Args args = call.args(2);
            while (true) {
                if (args.skip("NX")) {
                    nx = true;
                } else if (args.skip("XX")) {
                    xx = true;
                } else if (args.skip("GT")) {
                    gt = true;
                } else if (args.skip("LT")) {
                    lt = true;
                } else if (args.skip("CH")) {
                    ch = true;
                } else if (args.skip("INCR")) {
                    incr = true;
                } else {
                    break;
                }
            }
            if (args.remaining() == 0 || args.remaining() % 2 != 0) {
                throw CommandError.syntax();
            }
            AddOptions options = new AddOptions(nx, xx, gt, lt, ch, incr, args.position());
            options.check(args.remaining() / 2);
            return options;
        }

        private void check(int pairs) {
            if (nx && xx) {
                throw new CommandError("ERR XX and NX options at the same time are not compatible");
            }
            if (nx && (gt || lt) || gt && lt) {
                throw new CommandError("ERR GT, LT, and/or NX options at the same time are not compatible");
            }
            if (incr && pairs > 1) {
                throw new CommandError("ERR INCR option supports a single increment-element pair");
            }
        }

        /** Whether a member that has {@code old} (NaN: is not there) may get this score. */
        boolean allows(double old, double score) {
            if (Double.isNaN(old)) {
                return !xx;
            }
            return !nx && !(gt && score <= old) && !(lt && score >= old);
        }
    }

    private static Reply zadd(Call call) {
        AddOptions options = AddOptions.parse(call);
        int first = options.first();
        double[] scores = new double[(call.size() - first) / 2];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Args.toDouble(call.argument(first + 2 * i));
        }
        if (options.incr()) {
            Double score = increment(call, call.argument(first + 1), scores[0], options);
            return score == null ? Reply.Null.STRING : Reply.decimal(score);
        }
        SortedSet set = options.xx()
                ? call.database().sortedSet(call.key())
                : call.database().sortedSetOrNew(call.key());
        if (set == null) {
            return Reply.integer(0);
        }
        int added = 0;
        int updated = 0;
        for (int i = 0; i < scores.length; i++) {
            Bytes member = call.argument(first + 2 * i + 1);
            double old = set.score(member);
            if (options.allows(old, scores[i]) && old != scores[i]) {
                set.put(member, scores[i]);
                added += Double.isNaN(old) ? 1 : 0;
                updated += Double.isNaN(old) ? 0 : 1;
            }
        }
        if (added + updated > 0) {
            call.changed(call.key(), Event.ZADD);
        }
        return Reply.integer(options.ch() ? added + updated : added);
    }

    private static Reply zincrby(Call call) {
        double by = Args.toDouble(call.argument(2));
        AddOptions plain = new AddOptions(false, false, false, false, false, true, 2);
        Double score = increment(call, call.argument(3), by, plain);
        return score == null ? Reply.Null.STRING : Reply.decimal(score);
    }

    /** The new score; null where the options forbid it. */
    private static @Nullable Double increment(Call call, Bytes member, double by, AddOptions options) {
        SortedSet set = call.database().sortedSet(call.key());
        double old = set == null ? Double.NaN : set.score(member);
        double score = Double.isNaN(old) ? by : old + by;
        if (!Double.isNaN(old) && options.nx() || Double.isNaN(old) && options.xx()) {
            return null;
        }
        if (Double.isNaN(score)) {
            throw new CommandError("ERR resulting score is not a number (NaN)");
        }
        if (!options.allows(old, score)) {
            return null;
        }
        if (old != score) {
            (set == null ? call.database().sortedSetOrNew(call.key()) : set).put(member, score);
            call.changed(call.key(), Event.ZINCR);
        }
        return score;
    }

    private static Reply zscore(Call call) {
        SortedSet set = call.database().sortedSet(call.key());
        double score = set == null ? Double.NaN : set.score(call.argument(2));
        return Double.isNaN(score) ? Reply.Null.STRING : Reply.decimal(score);
    }

    private static Reply rank(Call call, boolean reverse) {
        SortedSet set = call.database().sortedSet(call.key());
        long rank = set == null ? -1 : set.rank(call.argument(2));
        if (set == null || rank < 0) {
            return Reply.Null.STRING;
        }
        return Reply.integer(reverse ? set.size() - 1 - rank : rank);
    }

    private static Reply zcard(Call call) {
        SortedSet set = call.database().sortedSet(call.key());
        return Reply.integer(set == null ? 0 : set.size());
    }

    private static Reply zrem(Call call) {
        SortedSet set = call.database().sortedSet(call.key());
        int removed = 0;
        for (int i = 2; set != null && i < call.size(); i++) {
            removed += set.remove(call.argument(i)) ? 1 : 0;
        }
        if (removed > 0) {
            call.database().deleteIfEmpty(call.key());
            call.changed(call.key(), Event.ZREM);
        }
        return Reply.integer(removed);
    }
}
