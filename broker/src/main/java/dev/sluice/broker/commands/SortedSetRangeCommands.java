package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** Sorted sets, a range at a time. */
final class SortedSetRangeCommands {
    private static final String COMPLEXITY = "O(log(N)+M), N members in the set, M answered";

    private static final Argument BY = oneOf("sortby", word("byscore", "BYSCORE"), word("bylex", "BYLEX"))
            .since("6.2.0")
            .optional();
    private static final Argument REVERSED = word("rev", "REV").since("6.2.0").optional();
    private static final Argument LIMIT = block("offset_count", integer("offset"), integer("count"))
            .token("LIMIT")
            .since("6.2.0")
            .optional();
    private static final Argument WITHSCORES = word("withscores", "WITHSCORES").optional();

    static final List<Command> TABLE = Group.SORTED_SET.rows(
            read("ZRANGE", -4, key(1, "RO", "access"))
                    .since("1.2.0")
                    .complexity(COMPLEXITY)
                    .says("The members of a sorted set in a range, in the order of their scores.")
                    .changed("6.2.0", "Options REV, BYSCORE, BYLEX and LIMIT.")
                    .takes(key("key"), string("start"), string("stop"), BY, REVERSED, LIMIT, WITHSCORES)
                    .runs(SortedSetRangeCommands::zrange),
            read("ZREVRANGE", -4, key(1, "RO", "access"))
                    .since("1.2.0")
                    .complexity(COMPLEXITY)
                    .deprecated("6.2.0", "`ZRANGE` with the `REV` argument")
                    .says("The members of a sorted set from one rank to another, highest score first.")
                    .takes(key("key"), integer("start"), integer("stop"), WITHSCORES)
                    .runs(SortedSetRangeCommands::zrevrange));

    private SortedSetRangeCommands() {}

    private enum By {
        RANK,
        SCORE,
        LEX
    }

    /** What a range is told after its two bounds; a negative limit is none. */
    private record Options(By by, boolean reverse, boolean withScores, long offset, long limit) {
        static Options parse(Call call) {
            By by = By.RANK;
            boolean reverse = false;
            boolean withScores = false;
            long offset = 0;
            long limit = -1;
            Args args = call.args(4);
            while (args.hasNext()) {
                if (args.skip("WITHSCORES")) {
                    withScores = true;
                } else if (args.remaining() > 2 && args.skip("LIMIT")) {
                    offset = args.nextLong();
                    limit = args.nextLong();
                } else if (!reverse && args.skip("REV")) {
                    reverse = true;
                } else if (by == By.RANK && args.skip("BYLEX")) {
                    by = By.LEX;
                } else if (by == By.RANK && args.skip("BYSCORE")) {
                    by = By.SCORE;
                } else {
                    throw CommandError.syntax();
                }
            }
            return new Options(by, reverse, withScores, offset, limit).checked();
        }

        private Options checked() {
            if (limit != -1 && by == By.RANK) {
                throw new CommandError(
                        "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
            }
            if (withScores && by == By.LEX) {
                throw new CommandError("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
            }
            return this;
        }
    }

    /** One end of a range by score or by bytes. */
    private sealed interface Bound {
        /** Number of members below the bound, those that are on it included if {@code inclusive}. */
        long below(SortedSet set, boolean inclusive);

        boolean isExclusive();
    }

    private record ScoreBound(double score, boolean isExclusive) implements Bound {
        @Override
        public long below(SortedSet set, boolean inclusive) {
            return set.countBelow(score, inclusive);
        }
    }

    private record MemberBound(Bytes member, boolean isExclusive) implements Bound {
        @Override
        public long below(SortedSet set, boolean inclusive) {
            return set.countBelow(member, inclusive);
        }
    }

    /** Before all members, or behind them. */
    private record EndBound(boolean last, boolean isExclusive) implements Bound {
        @Override
        public long below(SortedSet set, boolean inclusive) {
            return last ? set.size() : 0;
        }
    }

    private static Bound scoreBound(Bytes text) {
        boolean exclusive = text.length() > 0 && text.at(0) == '(';
        Bytes number = exclusive ? text.slice(1, text.length()) : text;
        // As strtod reads it: nothing is 0.
        double score = number.isEmpty() ? 0 : Numbers.toDouble(number);
        if (Double.isNaN(score)) {
            throw new CommandError("ERR min or max is not a float");
        }
        return new ScoreBound(score, exclusive);
    }

    private static Bound memberBound(Bytes text) {
        int first = text.isEmpty() ? ' ' : text.at(0);
        if ((first == '-' || first == '+') && text.length() == 1) {
            return new EndBound(first == '+', true);
        }
        if (first != '(' && first != '[') {
            throw new CommandError("ERR min or max not valid string range item");
        }
        return new MemberBound(text.slice(1, text.length()), first == '(');
    }

    private static Reply zrange(Call call) {
        Options options = Options.parse(call);
        Bytes low = call.argument(options.reverse() ? 3 : 2);
        Bytes high = call.argument(options.reverse() ? 2 : 3);
        return switch (options.by()) {
            case RANK -> byRank(call, options.reverse(), options.withScores());
            case SCORE -> between(call, scoreBound(low), scoreBound(high), options);
            case LEX -> between(call, memberBound(low), memberBound(high), options);
        };
    }

    private static Reply between(Call call, Bound low, Bound high, Options options) {
        SortedSet set = call.database().sortedSet(call.key());
        if (set == null) {
            return Reply.Array.EMPTY;
        }
        long start = low.below(set, low.isExclusive());
        long end = high.below(set, !high.isExclusive());
        long inOrder = options.reverse() ? set.size() - end : start;
        long count = Math.max(0, end - start);
        if (options.offset() < 0 || options.offset() >= count) {
            return Reply.Array.EMPTY;
        }
        long first = inOrder + options.offset();
        long left = count - options.offset();
        long shown = options.limit() < 0 ? left : Math.min(left, options.limit());
        return members(call, set, new Span(first, first + shown - 1), options.reverse(), options.withScores());
    }

    private static Reply zrevrange(Call call) {
        Options options = Options.parse(call);
        if (options.by() != By.RANK || options.reverse()) {
            throw CommandError.syntax();
        }
        return byRank(call, true, options.withScores());
    }

    private static Reply byRank(Call call, boolean reverse, boolean withScores) {
        long from = Args.toLong(call.argument(2));
        long to = Args.toLong(call.argument(3));
        SortedSet set = call.database().sortedSet(call.key());
        return set == null ? Reply.Array.EMPTY : members(call, set, Span.of(from, to, set.size()), reverse, withScores);
    }

    private static Reply members(Call call, SortedSet set, Span span, boolean reverse, boolean withScores) {
        if (span.isEmpty()) {
            return Reply.Array.EMPTY;
        }
        boolean pairs = withScores && call.resp3();
        Packed members = Packed.array((int) Math.min(span.size() * 32, 1 << 20));
        set.range(span.start(), span.stop(), reverse, (array, offset, length, score) -> {
            if (pairs) {
                members.nest(2);
            }
            members.add(array, offset, length);
            if (withScores) {
                members.addDouble(score);
            }
            return true;
        });
        return members;
    }
}
