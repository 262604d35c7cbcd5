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
import dev.sluice.streams.message.CommandError;
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

    private static Reply zrange(Call call) {
        boolean reverse = false;
        boolean withScores = false;
        Args args = call.args(4);
        while (args.hasNext()) {
            if (args.skip("WITHSCORES")) {
                withScores = true;
            } else if (args.skip("REV")) {
                reverse = true;
            } else {
                throw CommandError.syntax();
            }
        }
        return byRank(call, reverse, withScores);
    }

    private static Reply zrevrange(Call call) {
        Args args = call.args(4);
        boolean withScores = false;
        while (args.hasNext()) {
            if (!args.skip("WITHSCORES")) {
                throw CommandError.syntax();
            }
            withScores = true;
        }
        return byRank(call, true, withScores);
    }

    private static Reply byRank(Call call, boolean reverse, boolean withScores) {
        long from = Args.toLong(call.argument(2));
        long to = Args.toLong(call.argument(3));
        SortedSet set = call.database().sortedSet(call.key());
        Span span = set == null ? new Span(0, -1) : Span.of(from, to, set.size());
        if (set == null || span.isEmpty()) {
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
