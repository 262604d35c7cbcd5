package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** Sorted sets, a range at a time. */
final class SortedSetRangeCommands {
    static final List<Command> TABLE = List.of(
            read("ZRANGE", -4, key(1, "RO", "access")).runs(SortedSetRangeCommands::zrange),
            read("ZREVRANGE", -4, key(1, "RO", "access")).runs(SortedSetRangeCommands::zrevrange));

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
