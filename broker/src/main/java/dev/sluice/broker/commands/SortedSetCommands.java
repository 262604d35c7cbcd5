package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.pattern;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.resp.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sorted sets, one member at a time. Ranges have a table of their own. */
final class SortedSetCommands {
    private static final double PACKED_WHOLE_MAX = 0x1p62;

    private static final int REPLY_BYTES_EXPECTED_MAX = 1 << 20;

    private static final Reply NOTHING_SCANNED = Reply.array(Bytes.of("0"), Reply.Array.EMPTY);

    private static final Argument CONDITION = oneOf("condition", word("nx", "NX"), word("xx", "XX"))
            .since("3.0.2")
            .optional();
    private static final Argument COMPARISON = oneOf("comparison", word("gt", "GT"), word("lt", "LT"))
            .since("6.2.0")
            .optional();
    private static final Argument CHANGE = word("change", "CH").since("3.0.2").optional();
    private static final Argument INCREMENT =
            word("increment", "INCR").since("3.0.2").optional();
    private static final Argument WITHSCORE =
            word("withscore", "WITHSCORE").since("7.2.0").optional();
    private static final Argument SCORES =
            block("score_member", number("score"), string("member")).multiple();

    static final List<Command> TABLE = Group.SORTED_SET.rows(
            write("ZADD", -4, key(1, "RW", "update"))
                    .since("1.2.0")
                    .flags(DENYOOM, FAST)
                    .complexity("O(log(N)) a member, N members in the set")
                    .says("Adds members to a sorted set, or updates their scores; creates it if it is missing.")
                    .changed("2.4.0", "Several members.")
                    .changed("3.0.2", "Options XX, NX, CH and INCR.")
                    .changed("6.2.0", "Options GT and LT.")
                    .takes(key("key"), CONDITION, COMPARISON, CHANGE, INCREMENT, SCORES)
                    .runs(SortedSetCommands::zadd),
            write("ZINCRBY", 4, key(1, "RW", "access", "update"))
                    .since("1.2.0")
                    .flags(DENYOOM, FAST)
                    .complexity("O(log(N)), N members in the set")
                    .says("Adds to the score of a member of a sorted set; one that is missing begins at 0.")
                    .takes(key("key"), integer("increment"), string("member"))
                    .runs(SortedSetCommands::zincrby),
            ofMember("ZSCORE", 3)
                    .since("1.2.0")
                    .complexity("O(1)")
                    .says("Score of a member of a sorted set.")
                    .runs(SortedSetCommands::zscore),
            read("ZMSCORE", -3, key(1, "RO", "access"))
                    .since("6.2.0")
                    .flags(FAST)
                    .complexity("O(N), N members asked for")
                    .says("Scores of several members of a sorted set.")
                    .takes(key("key"), string("member").multiple())
                    .runs(SortedSetCommands::zmscore),
            ofMember("ZRANK", -3)
                    .since("2.0.0")
                    .complexity("O(log(N))")
                    .says("How many members of a sorted set come before a member, from the lowest score.")
                    .changed("7.2.0", "Option WITHSCORE.")
                    .takes(WITHSCORE)
                    .runs(call -> rank(call, false)),
            ofMember("ZREVRANK", -3)
                    .since("2.0.0")
                    .complexity("O(log(N))")
                    .says("How many members of a sorted set come before a member, from the highest score.")
                    .changed("7.2.0", "Option WITHSCORE.")
                    .takes(WITHSCORE)
                    .runs(call -> rank(call, true)),
            read("ZCARD", 2, key(1, "RO"))
                    .since("1.2.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Number of members of a sorted set.")
                    .takes(key("key"))
                    .runs(SortedSetCommands::zcard),
            write("ZREM", -3, key(1, "RW", "delete"))
                    .since("1.2.0")
                    .flags(FAST)
                    .complexity("O(M*log(N)), M members to remove, N in the set")
                    .says("Removes members from a sorted set, and the set with the last one.")
                    .changed("2.4.0", "Several members.")
                    .takes(key("key"), string("member").multiple())
                    .runs(SortedSetCommands::zrem),
            read("ZSCAN", -3, key(1, "RO", "access"))
                    .since("2.8.0")
                    .tips("nondeterministic_output")
                    .complexity("O(1) a call, O(N) for all N members")
                    .says(
                            "Some members of a sorted set with their scores, and the cursor with which the next call goes on.")
                    .takes(key("key"), integer("cursor"))
                    .takes(pattern("pattern").token("MATCH").optional())
                    .takes(integer("count").token("COUNT").optional())
                    .runs(SortedSetCommands::zscan));

    private static Command ofMember(String name, int arity) {
        return read(name, arity, key(1, "RO", "access")).flags(FAST).takes(key("key"), string("member"));
    }

    private SortedSetCommands() {}

    /** What ZADD is told, members apart: those begin at {@code first}, a score before each. */
    record AddOptions(boolean nx, boolean xx, boolean gt, boolean lt, boolean ch, boolean incr, int first) {
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
        return add(call, options, scores, 2);
    }

    /** Members stand every {@code step} arguments, each behind what its score was made from. */
    static Reply add(Call call, AddOptions options, double[] scores, int step) {
        SortedSet set = options.xx()
                ? call.database().sortedSet(call.key())
                : call.database().sortedSetOrNew(call.key());
        if (set == null) {
            return Reply.integer(0);
        }
        int added = 0;
        int updated = 0;
        for (int i = 0; i < scores.length; i++) {
            Bytes member = call.argument(options.first() + step * (i + 1) - 1);
            double old = set.score(member);
            if (options.allows(old, scores[i]) && old != scores[i]) {
                set.put(member, scores[i]);
                call.scored(call.key(), member, old, scores[i]);
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
        // To Redis this is a ZADD with INCR: where the name of an option stands for the number, the rest is no pair.
        AddOptions none = AddOptions.parse(call);
        Double score = increment(call, call.argument(3), Args.toDouble(call.argument(2)), none);
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
            call.scored(call.key(), member, old, score);
            call.changed(call.key(), Event.ZINCR);
        }
        return score;
    }

    private static Reply zscore(Call call) {
        SortedSet set = call.database().sortedSet(call.key());
        double score = set == null ? Double.NaN : set.score(call.argument(2));
        return Double.isNaN(score) ? Reply.Null.STRING : Reply.decimal(score);
    }

    private static Reply zmscore(Call call) {
        SortedSet set = call.database().sortedSet(call.key());
        Packed scores = Packed.array(Math.min((call.size() - 2) * (1 + Double.BYTES), REPLY_BYTES_EXPECTED_MAX));
        for (int i = 2; i < call.size(); i++) {
            double score = set == null ? Double.NaN : set.score(call.argument(i));
            if (Double.isNaN(score)) {
                scores.addNull();
            } else {
                scores.addDouble(score);
            }
        }
        return scores;
    }

    private static Reply rank(Call call, boolean reverse) {
        boolean withScore = call.size() > 3;
        if (call.size() > 4) {
            throw new CommandError(
                    "ERR wrong number of arguments for '" + call.command().fullName() + "' command");
        }
        if (withScore && !call.argument(3).is("WITHSCORE")) {
            throw CommandError.syntax();
        }
        SortedSet set = call.database().sortedSet(call.key());
        long fromLow = set == null ? -1 : set.rank(call.argument(2));
        if (set == null || fromLow < 0) {
            return withScore ? Reply.Null.ARRAY : Reply.Null.STRING;
        }
        Reply rank = Reply.integer(reverse ? set.size() - 1 - fromLow : fromLow);
        return withScore ? Reply.array(rank, Reply.decimal(set.score(call.argument(2)))) : rank;
    }

    private static Reply zcard(Call call) {
        SortedSet set = call.database().sortedSet(call.key());
        return Reply.integer(set == null ? 0 : set.size());
    }

    private static Reply zrem(Call call) {
        SortedSet set = call.database().sortedSet(call.key());
        int removed = 0;
        for (int i = 2; set != null && i < call.size(); i++) {
            Bytes member = call.argument(i);
            double score = call.isFollowed() ? set.score(member) : Double.NaN;
            if (set.remove(member)) {
                removed++;
                call.scored(call.key(), member, score, Double.NaN);
            }
        }
        if (removed > 0) {
            call.changed(call.key(), Event.ZREM);
            call.deleteIfEmpty(call.key());
        }
        return Reply.integer(removed);
    }

    private static Reply zscan(Call call) {
        long cursor = ScanOptions.cursor(call.argument(2));
        SortedSet set = call.database().sortedSet(call.key());
        if (set == null) {
            return NOTHING_SCANNED;
        }
        ScanOptions options = ScanOptions.ofMembers(call.args(3));
        Packed members = Packed.array(256);
        long next = set.scan(cursor, options.count(), (array, offset, length, score) -> {
            if (options.shows(Bytes.view(array, offset, length))) {
                members.add(array, offset, length).add(set.isPacked() ? packedText(score) : Decimals.text(score));
            }
            return true;
        });
        return Reply.array(Bytes.of(Long.toUnsignedString(next)), members);
    }

    /** As a listpack keeps it, which has whole numbers with all their digits. */
    private static Bytes packedText(double score) {
        boolean whole = Math.abs(score) <= PACKED_WHOLE_MAX && score == (long) score;
        return whole ? Bytes.of((long) score) : Decimals.text(score);
    }
}
