package dev.sluice.broker.commands;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;

/** An end of a list, to push to and to pop from. */
enum ListSide {
    LEFT(Event.LPUSH, Event.LPOP, Bytes.of("LPOP")),
    RIGHT(Event.RPUSH, Event.RPOP, Bytes.of("RPOP"));

    private static final int ELEMENT_BYTES_EXPECTED = 32;
    private static final int REPLY_BYTES_EXPECTED_MAX = 1 << 20;

    private final Event pushed;
    private final Event popped;
    private final Bytes pop;

    ListSide(Event pushed, Event popped, Bytes pop) {
        this.pushed = pushed;
        this.popped = popped;
        this.pop = pop;
    }

    /** {@code LEFT} or {@code RIGHT}; anything else is a syntax error. */
    static ListSide of(Bytes word) {
        if (word.is("LEFT")) {
            return LEFT;
        }
        if (word.is("RIGHT")) {
            return RIGHT;
        }
        throw CommandError.syntax();
    }

    /** What happens to a key with a push. */
    Event pushed() {
        return pushed;
    }

    /** What happens to a key with a pop. */
    Event popped() {
        return popped;
    }

    /** The command that pops here. */
    Bytes popCommand() {
        return pop;
    }

    void push(ListValue list, Bytes element) {
        if (this == LEFT) {
            list.pushLeft(element);
        } else {
            list.pushRight(element);
        }
    }

    /** Length of the element that the next pop takes. */
    int nextLength(ListValue list) {
        ListValue.Cursor cursor = list.cursor(this == LEFT ? 0 : list.size() - 1, false);
        cursor.next();
        return cursor.length();
    }

    /** Takes an element, which must be there; what becomes of the key is left to the caller. */
    Bytes take(ListValue list) {
        Bytes element = this == LEFT ? list.popLeft() : list.popRight();
        if (element == null) {
            throw new IllegalStateException("an empty list was left under a key");
        }
        return element;
    }

    /** Pops one element of the list under a key, and removes the key with the last one. */
    Bytes pop(Call call, Bytes key, ListValue list) {
        Bytes element = take(list);
        ended(call, key, list);
        return element;
    }

    /** Pops at most {@code count} elements, and at least one. */
    Packed pop(Call call, Bytes key, ListValue list, long count) {
        long popped = Math.min(count, list.size());
        Packed elements = elements(popped);
        list.pop(this == LEFT, popped, elements);
        ended(call, key, list);
        return elements;
    }

    private void ended(Call call, Bytes key, ListValue list) {
        call.changed(key, popped);
        if (list.size() == 0) {
            call.deleteIfEmpty(key);
        }
    }

    /** An empty reply with room for so many elements. */
    static Packed elements(long count) {
        return Packed.array((int) Math.min(count * ELEMENT_BYTES_EXPECTED, REPLY_BYTES_EXPECTED_MAX));
    }
}
