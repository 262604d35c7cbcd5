package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sorted sets, a range at a time: shown or stored. */
final class SortedSetRangeCommands {
    private static final String COMPLEXITY = "O(log(N)+M), N members in the set, M answered";
    private static final int REPLY_BYTES_EXPECTED_MAX = 1 << 20;

    private static final Argument BY = oneOf("sortby", word("byscore", "BYSCORE"), word("bylex", "BYLEX"));
    private static final Argument REVERSED = word("rev", "REV");
    private static final Argument LIMIT =
            block("offset_count", integer("offset"), integer("count")).token("LIMIT");
    private static final Argument WITHSCORES = word("withscores", "WITHSCORES").optional();

    static final List<Command> TABLE = Group.SORTED_SET.rows(
            read("ZRANGE", -4, key(1, "RO", "access"))
                    .since("1.2.0")
                    .complexity(COMPLEXITY)
                    .says("The members of a sorted set in a range, in the order of their scores.")
                    .changed("6.2.0", "Options REV, BYSCORE, BYLEX and LIMIT.")
                    .takes(key("key"), string("start"), string("stop"))
                    .takes(
                            BY.since("6.2.0").optional(),
                            REVERSED.since("6.2.0").optional(),
                            LIMIT.since("6.2.0").optional())
                    .takes(WITHSCORES)
                    .runs(call -> show(call, null, null)),
            outdated("ZREVRANGE", "1.2.0", "REV")
                    .says("The members of a sorted set from one rank to another, highest score first.")
                    .takes(integer("start"), integer("stop"), WITHSCORES)
                    .runs(call -> show(call, By.RANK, true)),
            outdated("ZRANGEBYSCORE", "1.0.5", "BYSCORE")
                    .says("The members of a sorted set with scores in a range, lowest score first.")
                    .changed("2.0.0", "Option WITHSCORES.")
                    .takes(number("min"), number("max"), WITHSCORES.since("2.0.0"), LIMIT.optional())
                    .runs(call -> show(call, By.SCORE, false)),
            outdated("ZREVRANGEBYSCORE", "2.2.0", "REV", "BYSCORE")
                    .says("The members of a sorted set with scores in a range, highest score first.")
                    .changed("2.1.6", "Bounds that are not in the range themselves.")
                    .takes(number("max"), number("min"), WITHSCORES, LIMIT.optional())
                    .runs(call -> show(call, By.SCORE, true)),
            outdated("ZRANGEBYLEX", "2.8.9", "BYLEX")
                    .says("The members of a sorted set in a range of bytes, where all scores are the same.")
                    .takes(string("min"), string("max"), LIMIT.optional())
                    .runs(call -> show(call, By.LEX, false)),
            outdated("ZREVRANGEBYLEX", "2.8.9", "REV", "BYLEX")
                    .says(
                            "The members of a sorted set in a range of bytes, from its end, where all scores are the same.")
                    .takes(string("max"), string("min"), LIMIT.optional())
                    .runs(call -> show(call, By.LEX, true)),
            write("ZRANGESTORE", -5, key(1, "OW", "update"), key(2, "RO", "access"))
                    .since("6.2.0")
                    .flags(DENYOOM)
                    .complexity("O(log(N)+M), N members in the set, M stored")
                    .says("Stores the members of a sorted set in a range, in place of whatever was there.")
                    .takes(key("dst"), key("src", 1), string("min"), string("max"))
                    .takes(BY.optional(), REVERSED.optional(), LIMIT.optional())
                    .runs(SortedSetRangeCommands::zrangestore));

    /** What ZRANGE can do as well, with these words. */
    private static Command outdated(String name, String since, String... words) {
        String quoted = "`" + String.join("` and `", words) + "`";
        return read(name, -4, key(1, "RO", "access"))
                .since(since)
                .complexity(COMPLEXITY)
                .deprecated("6.2.0", "`ZRANGE` with the " + quoted + (words.length > 1 ? " arguments" : " argument"))
                .takes(key("key"));
    }

    private SortedSetRangeCommands() {}

    private enum By {
        RANK,
        SCORE,
        LEX
    }

    /** Finds a range in a set: positions in the order of the reply. */
    private interface Range {
        Span in(SortedSet set);
    }

    /**
     * What a range is told; a negative limit is none.
     *
     * @param at position of the first of its two bounds
     */
    private record Query(int at, By by, boolean reverse, boolean withScores, long offset, long limit) {
        /** {@code by} and {@code reverse} are null where the request may say. */
        static Query parse(Call call, int at, @Nullable By by, @Nullable Boolean reverse, boolean mayShowScores) {
            By chosen = by;
            Boolean direction = reverse;
            boolean withScores = false;
            long offset = 0;
            long limit = -1;
            Args args = call.args(at + 2);
            while (args.hasNext()) {
                if (mayShowScores && args.skip("WITHSCORES")) {
                    withScores = true;
                } else if (args.remaining() > 2 && args.skip("LIMIT")) {
                    offset = args.nextLong();
                    limit = args.nextLong();
                } else if (direction == null && args.skip("REV")) {
                    direction = true;
                } else if (chosen == null && args.skip("BYLEX")) {
                    chosen = By.LEX;
                } else if (chosen == null && args.skip("BYSCORE")) {
                    chosen = By.SCORE;
                } else {
                    throw CommandError.syntax();
                }
            }
            By known = chosen == null ? By.RANK : chosen;
            return new Query(at, known, direction != null && direction, withScores, offset, limit).checked();
        }

        private Query checked() {
            if (limit != -1 && by == By.RANK) {
                throw new CommandError(
                        "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
            }
            if (withScores && by == By.LEX) {
                throw new CommandError("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
            }
            return this;
        }

        Range range(Call call) {
            Bytes low = call.argument(reverse ? at + 1 : at);
            Bytes high = call.argument(reverse ? at : at + 1);
            return switch (by) {
                case RANK -> byRank(Args.toLong(call.argument(at)), Args.toLong(call.argument(at + 1)));
                case SCORE -> between(Bound.ofScore(low), Bound.ofScore(high));
                case LEX -> between(Bound.ofMember(low), Bound.ofMember(high));
            };
        }

        private static Range byRank(long from, long to) {
            return set -> Span.of(from, to, set.size());
        }

        private Range between(Bound low, Bound high) {
            return set -> limited(Bound.ranks(set, low, high), set.size());
        }

        private Span limited(Span ranks, long size) {
            if (offset < 0 || offset >= ranks.size()) {
                return Span.EMPTY;
            }
            long left = ranks.size() - offset;
            long count = limit < 0 ? left : Math.min(left, limit);
            long first = offset + (reverse ? size - 1 - ranks.stop() : ranks.start());
            return new Span(first, first + count - 1);
        }
    }

    private static Reply show(Call call, @Nullable By by, @Nullable Boolean reverse) {
        Query query = Query.parse(call, 2, by, reverse, true);
        Range range = query.range(call);
        SortedSet set = call.database().sortedSet(call.key());
        if (set == null) {
            return Reply.Array.EMPTY;
        }
        boolean inPairs = query.withScores() && call.resp3();
        return members(set, range.in(set), query.reverse(), query.withScores(), inPairs);
    }

    /** A range of positions as a reply; {@code inPairs}: a member and its score are an array of their own. */
    static Packed members(SortedSet set, Span span, boolean reverse, boolean withScores, boolean inPairs) {
        Packed members = Packed.array((int) Math.min(span.size() * 32, REPLY_BYTES_EXPECTED_MAX));
        if (!span.isEmpty()) {
            set.range(span.start(), span.stop(), reverse, into(members, withScores, inPairs));
        }
        return members;
    }

    static SortedSet.Visitor into(Packed members, boolean withScores, boolean inPairs) {
        return (array, offset, length, score) -> {
            if (inPairs) {
                members.nest(2);
            }
            members.add(array, offset, length);
            if (withScores) {
                members.addDouble(score);
            }
            return true;
        };
    }

    private static Reply zrangestore(Call call) {
        Query query = Query.parse(call, 3, null, null, false);
        Range range = query.range(call);
        // What a command reads counts as hits and misses also where it writes elsewhere.
        call.keyspace().countHits(true);
        SortedSet source = call.database().sortedSet(call.argument(2));
        call.keyspace().countHits(false);
        try (Fresh<SortedSet> result = call.database().freshSortedSet(call.argument(1))) {
            if (source != null) {
                copy(source, range.in(source), query, result.value());
            }
            return SortedSetAlgebraCommands.store(call, result, Event.ZRANGESTORE);
        }
    }

    private static void copy(SortedSet source, Span span, Query query, SortedSet result) {
        if (span.isEmpty()) {
            return;
        }
        if (query.by() == By.RANK && !result.staysPacked(span.size())) {
            result.keepZeroSigns(); // Redis makes it of the other form at once
        }
        source.range(span.start(), span.stop(), query.reverse(), (array, offset, length, score) -> {
            result.put(Bytes.view(array, offset, length), score);
            return true;
        });
    }
}
