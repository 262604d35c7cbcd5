package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists as sequences: elements by their position or by what they are. */
final class ListElementCommands {
    private static final int POSITIONS_BYTES_EXPECTED = 64;

    static final List<Command> TABLE = Group.LIST.rows(
            read("LINDEX", 3, key(1, "RO", "access"))
                    .since("1.0.0")
                    .complexity("O(N), N elements from the nearer end")
                    .says("The element at a position, a negative one from the right.")
                    .takes(key("key"), integer("index"))
                    .runs(ListElementCommands::lindex),
            read("LPOS", -3, key(1, "RO", "access"))
                    .since("6.0.6")
                    .complexity("O(N), N elements looked at")
                    .says("Where an element is: the first match, another one, or several.")
                    .takes(key("key"), string("element"))
                    .takes(integer("rank").token("RANK").optional())
                    .takes(integer("num-matches").token("COUNT").optional())
                    .takes(integer("len").token("MAXLEN").optional())
                    .runs(ListElementCommands::lpos),
            write("LSET", 4, key(1, "RW", "update"))
                    .since("1.0.0")
                    .flags(DENYOOM)
                    .complexity("O(N), N elements from the nearer end")
                    .says("Puts another element in the place of the one at a position.")
                    .takes(key("key"), integer("index"), string("element"))
                    .runs(ListElementCommands::lset),
            write("LINSERT", 5, key(1, "RW", "insert"))
                    .since("2.2.0")
                    .flags(DENYOOM)
                    .complexity("O(N), N elements from the left end to the pivot")
                    .says("Inserts an element before or after the first that equals a pivot.")
                    .takes(key("key"), oneOf("where", word("before", "BEFORE"), word("after", "AFTER")))
                    .takes(string("pivot"), string("element"))
                    .runs(ListElementCommands::linsert),
            write("LREM", 4, key(1, "RW", "delete"))
                    .since("1.0.0")
                    .complexity("O(N+M), N elements of the list, M removed")
                    .says("Removes elements that equal a given one: all, or so many from the left or from the right.")
                    .takes(key("key"), integer("count"), string("element"))
                    .runs(ListElementCommands::lrem),
            write("LTRIM", 4, key(1, "RW", "delete"))
                    .since("1.0.0")
                    .complexity("O(N), N elements from the nearer ends to what is kept")
                    .says("Keeps the elements from one position to another, and removes the rest.")
                    .takes(key("key"), integer("start"), integer("stop"))
                    .runs(ListElementCommands::ltrim));

    private ListElementCommands() {}

    private static Reply lindex(Call call) {
        ListValue list = call.database().list(call.key());
        if (list == null) {
            return Reply.Null.STRING;
        }
        long index = position(call.argument(2), list);
        Bytes element = index < 0 ? null : list.at(index);
        return element == null ? Reply.Null.STRING : element;
    }

    /** From the left, below 0 for before the first. */
    private static long position(Bytes text, ListValue list) {
        long index = Args.toLong(text);
        return index < 0 ? list.size() + index : index;
    }

    private static Reply lset(Call call) {
        ListValue list = call.database().list(call.key());
        if (list == null) {
            throw CommandError.noSuchKey();
        }
        long index = position(call.argument(2), list);
        if (index < 0 || index >= list.size()) {
            throw new CommandError("ERR index out of range");
        }
        list.set(index, call.argument(3));
        call.changed(call.key(), Event.LSET);
        return Reply.Status.OK;
    }

    private static Reply linsert(Call call) {
        boolean after = call.argument(2).is("AFTER");
        if (!after && !call.argument(2).is("BEFORE")) {
            throw CommandError.syntax();
        }
        ListValue list = call.database().list(call.key());
        if (list == null) {
            return Reply.integer(0);
        }
        if (!list.insert(call.argument(3), after, call.argument(4))) {
            return Reply.integer(-1);
        }
        call.changed(call.key(), Event.LINSERT);
        return Reply.integer(list.size());
    }

    private static Reply lrem(Call call) {
        long count = Args.toLong(call.argument(2));
        ListValue list = call.database().list(call.key());
        long removed = list == null ? 0 : list.remove(call.argument(3), count);
        if (removed > 0) {
            call.changed(call.key(), Event.LREM);
            call.deleteIfEmpty(call.key());
        }
        return Reply.integer(removed);
    }

    private static Reply ltrim(Call call) {
        long from = Args.toLong(call.argument(2));
        long to = Args.toLong(call.argument(3));
        ListValue list = call.database().list(call.key());
        if (list == null) {
            return Reply.Status.OK;
        }
        Span kept = Span.of(from, to, list.size());
        if (kept.isEmpty()) {
            call.database().delete(call.key());
            call.changed(call.key(), Event.LTRIM);
            call.followed(call.key(), Event.DEL);
        } else {
            call.database().trim(list, kept.start(), kept.stop());
            call.changed(call.key(), Event.LTRIM);
        }
        return Reply.Status.OK;
    }

    /**
     * What LPOS looks for.
     *
     * @param rank the first match that counts, from 1; negative: from the right end
     * @param count matches wanted, 0 for all; {@link #ONE} for one that is not in an array
     * @param lengthMax elements to look at, 0 for all
     */
    private record Search(long rank, long count, long lengthMax) {
        private static final long ONE = -1;

        static Search of(Args options) {
            long rank = 1;
            long count = ONE;
            long lengthMax = 0;
            while (options.hasNext()) {
                if (options.remaining() < 2) {
                    throw CommandError.syntax();
                }
                if (options.skip("RANK")) {
                    rank = rank(options.nextLong());
                } else if (options.skip("COUNT")) {
                    count = positive(options.next(), "ERR COUNT can't be negative");
                } else if (options.skip("MAXLEN")) {
                    lengthMax = positive(options.next(), "ERR MAXLEN can't be negative");
                } else {
                    throw CommandError.syntax();
                }
            }
            return new Search(rank, count, lengthMax);
        }

        private static long rank(long value) {
            if (value == 0) {
                throw new CommandError("ERR RANK can't be zero: use 1 to start from the first match, 2 from the second"
                        + " ... or use negative to start from the end of the list");
            }
            return value;
        }

        private static long positive(Bytes text, String refusal) {
            long value = Args.toLong(text, refusal);
            if (value < 0) {
                throw new CommandError(refusal);
            }
            return value;
        }

        boolean isReverse() {
            return rank < 0;
        }

        /** As with redis-server, -2^63 stays what it is: less than any number of matches. */
        private long firstMatch() {
            return Math.abs(rank);
        }

        /** The reply: a position or null, or an array of positions. */
        Reply in(ListValue list, Bytes element) {
            boolean several = count != ONE;
            Packed positions = several ? Packed.array(POSITIONS_BYTES_EXPECTED) : null;
            ListValue.Cursor cursor = list.cursor(isReverse() ? list.size() - 1 : 0, isReverse());
            long matches = 0;
            for (long i = 0; (lengthMax == 0 || i < lengthMax) && cursor.next(); i++) {
                if (cursor.matches(element) && ++matches >= firstMatch()) {
                    long position = isReverse() ? list.size() - 1 - i : i;
                    if (positions == null) {
                        return Reply.integer(position);
                    }
                    positions.addInteger(position);
                    if (count > 0 && matches - firstMatch() + 1 >= count) {
                        break;
                    }
                }
            }
            return positions == null ? Reply.Null.STRING : positions;
        }

        Reply inNothing() {
            return count == ONE ? Reply.Null.STRING : Reply.Array.EMPTY;
        }
    }

    private static Reply lpos(Call call) {
        Search search = Search.of(call.args(3));
        @Nullable ListValue list = call.database().list(call.key());
        return list == null ? search.inNothing() : search.in(list, call.argument(2));
    }
}
