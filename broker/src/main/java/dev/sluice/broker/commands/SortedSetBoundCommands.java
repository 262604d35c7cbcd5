package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.List;
import java.util.function.Function;

/** Sorted sets: what lies between two bounds, counted or removed. */
final class SortedSetBoundCommands {
    static final List<Command> TABLE = Group.SORTED_SET.rows(
            read("ZCOUNT", 4, key(1, "RO", "access"))
                    .since("2.0.0")
                    .flags(FAST)
                    .complexity("O(log(N)), N members in the set")
                    .says("Number of members of a sorted set with scores in a range.")
                    .takes(key("key"), number("min"), number("max"))
                    .runs(call -> count(call, Bound::ofScore)),
            read("ZLEXCOUNT", 4, key(1, "RO", "access"))
                    .since("2.8.9")
                    .flags(FAST)
                    .complexity("O(log(N)), N members in the set")
                    .says("Number of members of a sorted set in a range of bytes, where all scores are the same.")
                    .takes(key("key"), string("min"), string("max"))
                    .runs(call -> count(call, Bound::ofMember)),
            removing("ZREMRANGEBYRANK")
                    .since("2.0.0")
                    .says("Removes the members of a sorted set from one rank to another.")
                    .takes(integer("start"), integer("stop"))
                    .runs(SortedSetBoundCommands::zremrangebyrank),
            removing("ZREMRANGEBYSCORE")
                    .since("1.2.0")
                    .says("Removes the members of a sorted set with scores in a range.")
                    .takes(number("min"), number("max"))
                    .runs(call -> remove(call, Bound::ofScore, Event.ZREMRANGEBYSCORE)),
            removing("ZREMRANGEBYLEX")
                    .since("2.8.9")
                    .says("Removes the members of a sorted set in a range of bytes, where all scores are the same.")
                    .takes(string("min"), string("max"))
                    .runs(call -> remove(call, Bound::ofMember, Event.ZREMRANGEBYLEX)));

    private static Command removing(String name) {
        return write(name, 4, key(1, "RW", "delete"))
                .complexity("O(log(N)+M), N members in the set, M removed")
                .takes(key("key"));
    }

    private SortedSetBoundCommands() {}

    private static Reply count(Call call, Function<Bytes, Bound> bound) {
        Bound low = bound.apply(call.argument(2));
        Bound high = bound.apply(call.argument(3));
        SortedSet set = call.database().sortedSet(call.key());
        return Reply.integer(set == null ? 0 : Bound.ranks(set, low, high).size());
    }

    private static Reply zremrangebyrank(Call call) {
        long from = Args.toLong(call.argument(2));
        long to = Args.toLong(call.argument(3));
        SortedSet set = call.database().sortedSet(call.key());
        return set == null ? Reply.integer(0) : remove(call, set, Span.of(from, to, set.size()), Event.ZREMRANGEBYRANK);
    }

    private static Reply remove(Call call, Function<Bytes, Bound> bound, Event event) {
        Bound low = bound.apply(call.argument(2));
        Bound high = bound.apply(call.argument(3));
        SortedSet set = call.database().sortedSet(call.key());
        return set == null ? Reply.integer(0) : remove(call, set, Bound.ranks(set, low, high), event);
    }

    private static Reply remove(Call call, SortedSet set, Span ranks, Event event) {
        if (!ranks.isEmpty()) {
            remove(call, call.key(), set, ranks, event);
        }
        return Reply.integer(ranks.size());
    }

    /** Removes a range of ranks, and the key with the last member. */
    static void remove(Call call, Bytes key, SortedSet set, Span ranks, Event event) {
        if (ranks.size() == set.size()) {
            call.database().delete(key);
            call.changed(key, event);
            call.followed(key, Event.DEL);
        } else {
            set.removeRange(ranks.start(), ranks.stop());
            call.changed(key, event);
        }
    }
}
