package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** Sorted sets: members by chance. */
final class SortedSetRandomCommands {
    static final List<Command> TABLE = Group.SORTED_SET.rows(read("ZRANDMEMBER", -2, key(1, "RO", "access"))
            .since("6.2.0")
            .tips("nondeterministic_output")
            .complexity("O(N), N members answered")
            .says("Any members of a sorted set; with a negative count perhaps the same more than once.")
            .takes(key("key"))
            .takes(block(
                            "options",
                            integer("count"),
                            word("withscores", "WITHSCORES").optional())
                    .optional())
            .runs(SortedSetRandomCommands::zrandmember));

    private SortedSetRandomCommands() {}

    private static Reply zrandmember(Call call) {
        if (call.size() > 2) {
            return several(call);
        }
        SortedSet set = call.database().sortedSet(call.key());
        if (set == null) {
            return Reply.Null.STRING;
        }
        Bytes[] member = {Bytes.EMPTY};
        set.random(call.keyspace().randomness(), (array, offset, length, score) -> {
            member[0] = Bytes.of(Bytes.view(array, offset, length).toArray());
            return true;
        });
        return member[0];
    }

    private static Reply several(Call call) {
        Draw draw = Draw.of(call, "WITHSCORES");
        long count = draw.count();
        SortedSet set = call.database().sortedSet(call.key());
        if (set == null || count == 0) {
            return Reply.Array.EMPTY;
        }
        boolean inPairs = draw.pairs() && call.resp3();
        if (count >= set.size()) {
            // In the order in which Redis walks through a sorted set.
            return SortedSetRangeCommands.members(set, new Span(0, set.size() - 1), true, draw.pairs(), inPairs);
        }
        Packed members = SetCommands.replyOf(Packed.Kind.ARRAY, Math.abs(count));
        SortedSet.Visitor visitor = SortedSetRangeCommands.into(members, draw.pairs(), inPairs);
        Randomness randomness = call.keyspace().randomness();
        if (count > 0) {
            set.sample(randomness, count, visitor);
        } else {
            Draw.repeat(call, -count, members, () -> set.random(randomness, visitor));
        }
        return members;
    }
}
