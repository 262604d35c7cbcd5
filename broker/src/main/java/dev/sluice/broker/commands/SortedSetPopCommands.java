package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.BLOCKING;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.KeySpec.counted;
import static dev.sluice.broker.command.KeySpec.key;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Members with the lowest or the highest scores, taken from one or from the first of several sorted sets. */
final class SortedSetPopCommands {
    private static final Argument WHERE = oneOf("where", word("min", "MIN"), word("max", "MAX"));

    static final List<Command> TABLE = Group.SORTED_SET.rows(
            popping("ZPOPMIN")
                    .says("Takes members with the lowest scores from a sorted set; removes it with the last one.")
                    .runs(call -> pop(call, End.MIN)),
            popping("ZPOPMAX")
                    .says("Takes members with the highest scores from a sorted set; removes it with the last one.")
                    .runs(call -> pop(call, End.MAX)),
            write("ZMPOP", -4, counted(1, 1, "RW", "access", "delete"))
                    .since("7.0.0")
                    .complexity("O(K) + O(M*log(N)), K keys, M members taken, N in the set")
                    .says("Takes members with the lowest or highest scores from the first sorted set that has any.")
                    .takes(integer("numkeys"), key("key").multiple(), WHERE)
                    .takes(integer("count").token("COUNT").optional())
                    .runs(SortedSetPopCommands::zmpop),
            write("BZMPOP", -5, counted(2, 1, "RW", "access", "delete"))
                    .since("7.0.0")
                    .flags(BLOCKING)
                    .complexity("O(K) + O(M*log(N)), K keys, M members taken, N in the set")
                    .says("Takes members with the lowest or highest scores from the first sorted set that has any, or "
                            + "waits for one.")
                    .takes(number("timeout"), integer("numkeys"), key("key").multiple(), WHERE)
                    .takes(integer("count").token("COUNT").optional())
                    .runs(SortedSetPopCommands::bzmpop),
            waiting("BZPOPMIN")
                    .says(
                            "Takes the member with the lowest score from the first sorted set that has one, or waits for it.")
                    .runs(call -> waitingPop(call, End.MIN)),
            waiting("BZPOPMAX")
                    .says(
                            "Takes the member with the highest score from the first sorted set that has one, or waits for it.")
                    .runs(call -> waitingPop(call, End.MAX)));

    private static Command popping(String name) {
        return write(name, -2, key(1, "RW", "access", "delete"))
                .since("5.0.0")
                .flags(FAST)
                .complexity("O(log(N)*M), N members in the set, M taken")
                .takes(key("key"), integer("count").optional());
    }

    private static Command waiting(String name) {
        return write(name, -3, keys(1, -2, 1, "RW", "access", "delete"))
                .since("5.0.0")
                .flags(NOSCRIPT, BLOCKING, FAST)
                .complexity("O(log(N)), N members in the set")
                .changed("6.0.0", "Fractions of a second.")
                .takes(key("key").multiple(), number("timeout"));
    }

    private SortedSetPopCommands() {}

    /** Which end of the order members are taken from. */
    private enum End {
        MIN("ZPOPMIN", Event.ZPOPMIN),
        MAX("ZPOPMAX", Event.ZPOPMAX);

        private final Bytes command;
        private final Event event;

        End(String command, Event event) {
            this.command = Bytes.of(command);
            this.event = event;
        }

        static End of(Bytes word) {
            if (word.is("MIN")) {
                return MIN;
            }
            if (word.is("MAX")) {
                return MAX;
            }
            throw CommandError.syntax();
        }

        /** Takes {@code count} members, at least one; pairs with their scores, or one after the other. */
        Packed take(Call call, Bytes key, SortedSet set, long count, boolean inPairs) {
            long taken = Math.min(count, set.size());
            Packed members = SortedSetRangeCommands.members(set, new Span(0, taken - 1), this == MAX, true, inPairs);
            long first = this == MAX ? set.size() - taken : 0;
            SortedSetBoundCommands.remove(call, key, set, new Span(first, first + taken - 1), event);
            return members;
        }

        /** Takes one member; the reply is key, member and score. */
        Reply takeOne(Call call, Bytes key, SortedSet set) {
            Reply[] taken = new Reply[2];
            set.range(0, 0, this == MAX, (array, offset, length, score) -> {
                taken[0] = Bytes.of(Bytes.view(array, offset, length).toArray());
                taken[1] = Reply.decimal(score);
                return true;
            });
            long rank = this == MAX ? set.size() - 1 : 0;
            SortedSetBoundCommands.remove(call, key, set, new Span(rank, rank), event);
            return Reply.array(key.detached(), taken[0], taken[1]);
        }
    }

    private static Reply pop(Call call, End end) {
        if (call.size() > 3) {
            throw CommandError.syntax();
        }
        boolean counted = call.size() == 3;
        long count = counted ? count(call.argument(2)) : 1;
        SortedSet set = call.database().sortedSet(call.key());
        if (set == null || count == 0) {
            return Reply.Array.EMPTY;
        }
        return end.take(call, call.key(), set, count, counted && call.resp3());
    }

    private static long count(Bytes text) {
        String refusal = "ERR value is out of range, must be positive";
        long count = Args.toLong(text, refusal);
        if (count < 0) {
            throw new CommandError(refusal);
        }
        return count;
    }

    private static @Nullable Reply take(Call call, Bytes key, FirstKey<End> what) {
        SortedSet set = call.database().sortedSet(key);
        if (set == null) {
            return null;
        }
        End end = what.end();
        if (what.count() == FirstKey.ONE) {
            call.effect(new Request(end.command, key));
            return end.takeOne(call, key, set);
        }
        call.effect(new Request(end.command, key, Bytes.of(Math.min(what.count(), set.size()))));
        return Reply.array(key.detached(), end.take(call, key, set, what.count(), true));
    }

    private static Reply zmpop(Call call) {
        return FirstKey.counted(call, 1, End::of).now(call, SortedSetPopCommands::take);
    }

    private static Reply bzmpop(Call call) {
        return FirstKey.counted(call, 2, End::of)
                .nowOrLater(call, call.argument(1), Value.Type.SORTED_SET, SortedSetPopCommands::take);
    }

    private static Reply waitingPop(Call call, End end) {
        return FirstKey.oneOrWait(call, end, Value.Type.SORTED_SET, SortedSetPopCommands::take);
    }
}
