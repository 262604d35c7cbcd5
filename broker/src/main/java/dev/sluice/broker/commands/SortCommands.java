package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.pattern;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Category.DANGEROUS;
import static dev.sluice.broker.command.Category.LIST;
import static dev.sluice.broker.command.Category.SET;
import static dev.sluice.broker.command.Category.SORTEDSET;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.KeySpec.key;
import static dev.sluice.broker.command.KeySpec.unknown;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.KeySpec;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.HeapRoom;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SORT: the elements of a list, a set or a sorted set in another order, or what they lead to. */
final class SortCommands {
    private static final CommandError NOT_DOUBLES =
            new CommandError("ERR One or more scores can't be converted into double");
    private static final int REPLY_BYTES_EXPECTED = 1024;

    /** What an element takes on the heap beside its bytes: itself, its place in arrays, its weight. */
    private static final int ELEMENT_OVERHEAD_BYTES = 160;

    static final List<Command> TABLE = Group.GENERIC.rows(
            sorting(write("SORT", -2, key(1, "RO", "access"), derived(), stored()))
                    .since("1.0.0")
                    .flags(DENYOOM)
                    .says("Sorts a list, a set or a sorted set; returns the result or stores it.")
                    .takes(key("destination", 2).token("STORE").optional())
                    .runs(call -> sort(call, true)),
            sorting(read("SORT_RO", -2, key(1, "RO", "access"), derived()))
                    .since("7.0.0")
                    .says("Sorts a list, a set or a sorted set, and cannot store the result.")
                    .runs(call -> sort(call, false)));

    private static KeySpec derived() {
        return unknown(request -> 0, "RO", "access")
                .notes("Keys of BY and GET have elements of the sorted key in them, so no request shows them.");
    }

    private static KeySpec stored() {
        return unknown(SortCommands::destination, "OW", "update").notes("STORE may stand anywhere.");
    }

    private static Command sorting(Command command) {
        return command.categories(SET, SORTEDSET, LIST, DANGEROUS)
                .complexity("O(N+M*log(M)), N elements, M of them returned; O(N) without sorting")
                .takes(key("key"))
                .takes(pattern("pattern").inKeySpec(1).token("BY").optional())
                .takes(block("offset_count", integer("offset"), integer("count"))
                        .token("LIMIT")
                        .optional())
                .takes(pattern("pattern")
                        .inKeySpec(1)
                        .token("GET")
                        .optional()
                        .multiple()
                        .multipleToken())
                .takes(oneOf("order", word("asc", "ASC"), word("desc", "DESC")).optional())
                .takes(word("sorting", "ALPHA").optional());
    }

    private SortCommands() {}

    /** Position of the destination in a request, the last where there are several; 0 for none. */
    private static int destination(Request request) {
        int found = 0;
        for (int at = 2; at < request.size(); at++) {
            int left = request.size() - at - 1;
            Bytes word = request.argument(at);
            if (left >= 2 && word.is("LIMIT")) {
                at += 2;
            } else if (left >= 1 && (word.is("GET") || word.is("BY"))) {
                at++;
            } else if (left >= 1 && word.is("STORE")) {
                found = ++at;
            }
        }
        return found;
    }

    /** {@code count} is negative for all; {@code by} is null where the elements themselves are compared. */
    private record Sorting(
            boolean descending,
            boolean alpha,
            long offset,
            long count,
            @Nullable SortPattern by,
            List<SortPattern> gets,
            @Nullable Bytes store) {
        static Sorting parse(Args args, boolean mayStore) {
            boolean descending = false;
            boolean alpha = false;
            long offset = 0;
            long count = -1;
            SortPattern by = null;
            List<SortPattern> gets = new ArrayList<>();
            Bytes store = null;
            while (args.hasNext()) {
                if (args.skip("ASC")) {
                    descending = false;
                } else if (args.skip("DESC")) {
                    descending = true;
                } else if (args.skip("ALPHA")) {
                    alpha = true;
                } else if (args.remaining() > 2 && args.skip("LIMIT")) {
                    offset = args.nextLong();
                    count = args.nextLong();
                } else if (mayStore && args.remaining() > 1 && args.skip("STORE")) {
                    store = args.next();
                } else if (args.remaining() > 1 && args.skip("BY")) {
                    by = SortPattern.parse(args.next());
                } else if (args.remaining() > 1 && args.skip("GET")) {
                    gets.add(SortPattern.parse(args.next()));
                } else {
                    throw CommandError.syntax();
                }
            }
            return new Sorting(descending, alpha, offset, count, by, gets, store);
        }

        /** A pattern without asterisk leaves the elements as they come. */
        boolean sorts() {
            return by == null || !by.isConstant();
        }

        /** As bytes, which are the same wherever and whenever it runs. */
        Sorting byBytes() {
            return new Sorting(descending, true, offset, count, null, gets, store);
        }
    }

    private static Reply sort(Call call, boolean mayStore) {
        Sorting sorting = Sorting.parse(call.args(2), mayStore);
        call.keyspace().countHits(true);
        Value value = call.database().value(call.key());
        if (value != null && !(value instanceof ListValue || value instanceof SetValue || value instanceof SortedSet)) {
            throw CommandError.wrongType();
        }
        if (!sorting.sorts() && value instanceof SetValue && sorting.store() != null) {
            sorting = sorting.byBytes(); // no order is defined, but the same must be stored everywhere
        }
        Bytes[] elements = value == null ? new Bytes[0] : elements(value, sorting);
        if (sorting.sorts()) {
            elements = sorted(call.database(), elements, sorting);
        }
        int from = (int) Math.clamp(sorting.offset(), 0, elements.length);
        int left = elements.length - from;
        int count = sorting.count() < 0 ? left : (int) Math.min(left, sorting.count());
        Bytes[] chosen = Arrays.copyOfRange(elements, from, from + count);
        return sorting.store() == null
                ? reply(call.database(), chosen, sorting.gets())
                : store(call, chosen, sorting.gets(), sorting.store());
    }

    private static Bytes[] elements(Value value, Sorting sorting) {
        boolean reverse = sorting.descending() && !sorting.sorts();
        return switch (value) {
            case ListValue list -> elements(list, reverse);
            case SetValue set -> elements(set);
            case SortedSet set -> elements(set, reverse);
            default -> throw new IllegalStateException();
        };
    }

    private static Bytes[] room(long count, long bytes) {
        HeapRoom.require(count * ELEMENT_OVERHEAD_BYTES + bytes);
        return new Bytes[(int) count];
    }

    private static Bytes[] elements(ListValue list, boolean reverse) {
        Bytes[] elements = room(list.size(), list.bytes());
        int count = 0;
        for (ListValue.Cursor at = list.cursor(reverse ? list.size() - 1 : 0, reverse); at.next(); ) {
            elements[count++] = at.element();
        }
        return elements;
    }

    private static Bytes[] elements(SetValue set) {
        Bytes[] elements = room(set.size(), set.bytes());
        int[] count = {0};
        set.forEach((array, member, length, value, valueLength) -> {
            elements[count[0]++] = Bytes.view(array, member, length).detached();
            return true;
        });
        return elements;
    }

    private static Bytes[] elements(SortedSet set, boolean reverse) {
        Bytes[] elements = room(set.size(), set.bytes());
        int[] count = {0};
        set.range(0, set.size() - 1, reverse, (array, offset, length, score) -> {
            elements[count[0]++] = Bytes.view(array, offset, length).detached();
            return true;
        });
        return elements;
    }

    // ---- order

    /** An element with what it is compared by: a number, or a text, null where there is none. */
    private record Weighed(
            Bytes element, double number, @Nullable Bytes text) {
        /** Among equals the elements themselves decide, so that the order is the same wherever it runs. */
        static final Comparator<Weighed> BY_NUMBER =
                (a, b) -> a.number < b.number ? -1 : a.number > b.number ? 1 : a.element.compareTo(b.element);

        static final Comparator<Weighed> BY_TEXT = Comparator.comparing(
                        Weighed::text, Comparator.nullsFirst(Comparator.<Bytes>naturalOrder()))
                .thenComparing(Weighed::element);
    }

    private static Bytes[] sorted(Database database, Bytes[] elements, Sorting sorting) {
        Weighed[] weighed = new Weighed[elements.length];
        HeapRoom.Meter heap = new HeapRoom.Meter();
        for (int i = 0; i < elements.length; i++) {
            SortPattern by = sorting.by();
            Bytes weight = by == null ? elements[i] : by.lookUp(database, elements[i]);
            if (sorting.alpha() && by != null && weight != null) {
                heap.take(weight.length()); // elements may lead to the same long text many times
            }
            double number = sorting.alpha() || weight == null ? 0 : number(weight);
            weighed[i] = new Weighed(elements[i], number, sorting.alpha() ? weight : null);
        }
        for (Weighed each : weighed) {
            if (Double.isNaN(each.number)) {
                throw NOT_DOUBLES;
            }
        }
        Comparator<Weighed> order = sorting.alpha() ? Weighed.BY_TEXT : Weighed.BY_NUMBER;
        Arrays.sort(weighed, sorting.descending() ? order.reversed() : order);
        for (int i = 0; i < elements.length; i++) {
            elements[i] = weighed[i].element;
        }
        return elements;
    }

    /** As strtod reads it, from its first character that is no space to the first NUL; NaN for what is no number. */
    private static double number(Bytes text) {
        int end = 0;
        while (end < text.length() && text.at(end) != 0) {
            end++;
        }
        int from = 0;
        while (from < end && (text.at(from) == ' ' || text.at(from) >= '\t' && text.at(from) <= '\r')) {
            from++;
        }
        return end == 0 ? 0 : Numbers.toDouble(text.slice(from, end));
    }

    // ---- result

    private static Reply reply(Database database, Bytes[] elements, List<SortPattern> gets) {
        Packed reply = Packed.array(REPLY_BYTES_EXPECTED);
        for (Bytes element : elements) {
            if (gets.isEmpty()) {
                reply.add(element);
            }
            for (SortPattern get : gets) {
                Bytes value = get.lookUp(database, element);
                if (value == null) {
                    reply.addNull();
                } else {
                    reply.add(value);
                }
            }
        }
        return reply;
    }

    private static Reply store(Call call, Bytes[] elements, List<SortPattern> gets, Bytes target) {
        Database database = call.database();
        long size;
        try (Fresh<ListValue> list = database.freshList(target)) {
            for (Bytes element : elements) {
                if (gets.isEmpty()) {
                    list.value().pushRight(element);
                }
                for (SortPattern get : gets) {
                    Bytes value = get.lookUp(database, element);
                    list.value().pushRight(value == null ? Bytes.EMPTY : value);
                }
            }
            size = list.value().size();
            if (size > 0) {
                database.reserve(1, target.length());
                list.store();
            }
        }
        call.keyspace().countHits(false);
        if (size > 0) {
            call.changed(target, Event.SORTSTORE);
        } else if (database.delete(target)) {
            call.changed(target, Event.DEL);
        }
        return Reply.integer(size);
    }
}
