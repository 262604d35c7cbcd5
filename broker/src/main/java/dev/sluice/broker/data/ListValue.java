package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import org.jspecify.annotations.Nullable;

/**
 * A list: a chain of packed nodes in the arena, as Redis's quicklist. Adding and taking at an end is O(1) and moves
 * nothing but the element; an index costs a step per node. A small list is one node that grows with it. A view, made at
 * look-up.
 *
 * <p>Whatever needs memory takes it before it changes anything: when the arena is full, what is thrown leaves the list as
 * it was. Indexes are from 0 and, unless said otherwise, must be within the list.
 */
public final class ListValue implements Value {
    private static final int SIZE = 0; // unsigned
    private static final int HEAD = 4;
    private static final int TAIL = 8;
    private static final long SIZE_MAX = 0xffff_ffffL;

    /** Bytes of the first node of a list, then of the following ones, unless the element needs more. */
    private static final int FIRST_NODE_BYTES = 56;

    private static final int NODE_BYTES = 2 * 1024 - 8;
    private static final int FEW_ENTRIES = 32;

    private final Root root;
    private final Arena arena;
    private final ListLimits limits;

    public ListValue(Root root, ListLimits limits) {
        this.root = root;
        this.arena = root.arena();
        this.limits = limits;
    }

    public long size() {
        return Integer.toUnsignedLong(root.getInt(SIZE));
    }

    public void pushLeft(Bytes element) {
        push(element, true);
    }

    public void pushRight(Bytes element) {
        push(element, false);
    }

    /** Takes the first element; null when the list is empty. */
    public @Nullable Bytes popLeft() {
        return pop(true);
    }

    /** Takes the last element; null when the list is empty. */
    public @Nullable Bytes popRight() {
        return pop(false);
    }

    /** Element at an index from 0; null beyond the end. */
    public @Nullable Bytes at(long index) {
        if (index >= size()) {
            return null;
        }
        Cursor cursor = cursor(index, false);
        cursor.next();
        return cursor.element();
    }

    /** Adds elements {@code start} to {@code stop}, both included and within bounds, to the reply. */
    public void range(long start, long stop, Packed reply) {
        Cursor cursor = cursor(start, false);
        for (long i = start; i <= stop && cursor.next(); i++) {
            cursor.addTo(reply);
        }
    }

    /** Puts another element in the place of the one at an index. */
    public void set(long index, Bytes element) {
        Cursor cursor = cursor(index, false);
        cursor.next();
        int old = cursor.to - cursor.from;
        long extent = ListNode.extent(arena, cursor.node);
        int bytes = ListNode.entryBytes(element.length());
        int used = ListNode.used(extent) - old + bytes;
        if (element.length() <= limits.elementBytesMax() && fits(extent, used, 0)) {
            int node = withCapacity(cursor.node, used);
            // Growing may have moved the entries; their distance from the end is what stays.
            int from = ListNode.end(ListNode.extent(arena, node)) - (ListNode.end(extent) - cursor.from);
            ListNode.write(arena, node, ListNode.replace(arena, node, from, old, bytes, 0), element);
            return;
        }
        insert(cursor.node, cursor.to, element);
        Cursor again = cursor(index, false);
        again.next();
        again.remove();
    }

    /** Inserts beside the first element that equals {@code pivot}. Returns whether there was one. */
    public boolean insert(Bytes pivot, boolean after, Bytes element) {
        Cursor cursor = cursor(0, false);
        while (cursor.next()) {
            if (cursor.matches(pivot)) {
                insert(cursor.node, after ? cursor.to : cursor.from, element);
                return true;
            }
        }
        return false;
    }

    /** Takes {@code count} elements, which must be there, from one end into the reply. */
    public void pop(boolean left, long count, Packed reply) {
        Cursor cursor = cursor(left ? 0 : size() - 1, !left);
        for (long i = 0; i < count && cursor.next(); i++) {
            cursor.addTo(reply);
        }
        if (left) {
            removeLeft(count);
        } else {
            removeRight(count);
        }
    }

    /** Keeps elements {@code start} to {@code stop}, both included; none when {@code start} is the greater. */
    public void trim(long start, long stop) {
        if (start > stop) {
            free();
            return;
        }
        removeRight(size() - 1 - stop);
        removeLeft(start);
    }

    /**
     * As {@link #trim} where something is kept. Of what is not, only parts of nodes are freed: whole ones go into {@code
     * rest}, another list in the same arena, in one piece however many they are.
     */
    public void trim(long start, long stop, ListValue rest) {
        Cursor first = cursor(start, false);
        Cursor last = cursor(stop, false);
        long before = start - first.skipped;
        long after = size() - stop - (last.entries(last.node) - last.skipped);
        if (before > 0) {
            rest.adopt(root.getInt(HEAD), ListNode.previous(arena, first.node), before);
            ListNode.previous(arena, first.node, 0);
            root.putInt(HEAD, first.node);
        }
        if (after > 0) {
            rest.adopt(ListNode.next(arena, last.node), root.getInt(TAIL), after);
            ListNode.next(arena, last.node, 0);
            root.putInt(TAIL, last.node);
        }
        resize((int) -(before + after));
        trim(first.skipped, first.skipped + stop - start);
    }

    /** Puts a chain of nodes behind the last. */
    private void adopt(int first, int last, long elements) {
        ListNode.next(arena, last, 0);
        link(first, root.getInt(TAIL), ListNode.next(arena, first));
        root.putInt(TAIL, last);
        resize((int) elements);
    }

    /**
     * Removes elements that equal {@code element}: the first {@code count} of them, for a negative count the last, for 0
     * all. Returns how many.
     */
    public long remove(Bytes element, long count) {
        boolean reverse = count < 0;
        // The absolute value of the least long is itself; as "no limit" it is as good.
        long limit = count == 0 || count == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(count);
        long removed = 0;
        Cursor cursor = cursor(reverse ? size() - 1 : 0, reverse);
        while (removed < limit && cursor.next()) {
            if (cursor.matches(element)) {
                cursor.remove();
                removed++;
            }
        }
        return removed;
    }

    /** Walks from an index to the end, or to the beginning; over nothing when the index is outside. */
    public Cursor cursor(long index, boolean reverse) {
        return new Cursor(index, reverse);
    }

    /** Bytes of the arena that the list holds beside its root; O(nodes). */
    public long bytes() {
        long sum = 0;
        for (int node = root.getInt(HEAD); node != 0; node = ListNode.next(arena, node)) {
            sum += ListNode.bytes(arena, node);
        }
        return sum;
    }

    /** Adds all elements to the end of another list. */
    public void copyTo(ListValue other) {
        Cursor cursor = cursor(0, false);
        while (cursor.next()) {
            other.pushRight(cursor.element());
        }
    }

    /** What a node may hold at present. */
    public ListLimits limits() {
        return limits;
    }

    /** How many nodes the elements are in. */
    public long nodes() {
        long nodes = 0;
        for (int node = root.getInt(HEAD); node != 0; node = ListNode.next(arena, node)) {
            nodes++;
        }
        return nodes;
    }

    /** Gives all memory back; the list is empty afterwards. */
    public void free() {
        free(Integer.MAX_VALUE);
    }

    /** Gives back some nodes of a list that is used for nothing else any more. Returns whether that was all of it. */
    public boolean free(int nodes) {
        int node = root.getInt(HEAD);
        for (int left = nodes; node != 0 && left > 0; left--) {
            int next = ListNode.next(arena, node);
            ListNode.free(arena, node);
            node = next;
        }
        root.putInt(HEAD, node);
        if (node != 0) {
            return false;
        }
        root.putInt(SIZE, 0);
        root.putInt(TAIL, 0);
        return true;
    }

    @Override
    public Type type() {
        return Type.LIST;
    }

    @Override
    public String encoding() {
        return "quicklist";
    }

    private void push(Bytes element, boolean left) {
        checkSize();
        int edge = root.getInt(left ? HEAD : TAIL);
        int bytes = ListNode.entryBytes(element.length());
        boolean alone = edge == 0 || element.length() > limits.elementBytesMax();
        int node = alone ? 0 : withRoomAt(edge, left, bytes);
        if (node != 0) {
            ListNode.push(arena, node, ListNode.extent(arena, node), left, element);
        } else {
            link(nodeOf(element, left), left ? 0 : edge, left ? edge : 0);
        }
        resize(1);
    }

    private @Nullable Bytes pop(boolean left) {
        int node = root.getInt(left ? HEAD : TAIL);
        if (node == 0) {
            return null;
        }
        long extent = ListNode.extent(arena, node);
        boolean large = ListNode.isLarge(extent);
        int start = ListNode.start(extent);
        int end = ListNode.end(extent);
        int bytes =
                left ? ListNode.entryFrom(arena, node, large, start) : ListNode.entryBefore(arena, node, large, end);
        Bytes element = ListNode.element(arena, node, large, left ? start : end - bytes);
        cut(node, extent, left ? start + bytes : start, left ? end : end - bytes, 1);
        return element;
    }

    /** Leaves of a node the entries from {@code start} to {@code end}, which are {@code entries} fewer. */
    private void cut(int node, long extent, int start, int end, int entries) {
        if (start == end) {
            unlink(node);
        } else {
            int count = ListNode.count(extent) - entries;
            ListNode.extent(arena, node, start, end, count, ListNode.capacity(extent));
        }
        resize(-entries);
    }

    private void removeLeft(long elements) {
        long left = elements;
        while (left > 0) {
            int node = root.getInt(HEAD);
            long extent = ListNode.extent(arena, node);
            int now = (int) Math.min(left, ListNode.count(extent));
            cut(node, extent, ListNode.boundary(arena, node, extent, now), ListNode.end(extent), now);
            left -= now;
        }
    }

    private void removeRight(long elements) {
        long left = elements;
        while (left > 0) {
            int node = root.getInt(TAIL);
            long extent = ListNode.extent(arena, node);
            int count = ListNode.count(extent);
            int now = (int) Math.min(left, count);
            cut(node, extent, ListNode.start(extent), ListNode.boundary(arena, node, extent, count - now), now);
            left -= now;
        }
    }

    /** A node that holds one element. */
    private int nodeOf(Bytes element, boolean left) {
        if (element.length() > limits.elementBytesMax()) {
            return ListNode.allocateLarge(arena, element);
        }
        boolean staysSmall = root.getInt(HEAD) == 0 || limits.nodeEntriesMax() < FEW_ENTRIES;
        int least = staysSmall ? FIRST_NODE_BYTES : NODE_BYTES;
        int bytes = Math.max(least, ListNode.HEADER + ListNode.entryBytes(element.length()));
        int node = ListNode.allocate(arena, bytes, limits.nodeBytesMax(), left);
        ListNode.push(arena, node, ListNode.extent(arena, node), left, element);
        return node;
    }

    /**
     * The same node, or the larger one that takes its place, with room for {@code bytes} at one end; 0 when it is full.
     * Entries are moved only where a quarter of the node is free, so a queue that runs through a single node moves them
     * once per many elements; the room is then shared by both ends, so that using them in turn does not move them each
     * time. A node that grows gets all its room where it is asked for.
     */
    private int withRoomAt(int node, boolean left, int bytes) {
        long extent = ListNode.extent(arena, node);
        boolean full = ListNode.count(extent) >= limits.nodeEntriesMax();
        if (ListNode.room(extent, left) >= bytes && !ListNode.isLarge(extent) && !full) {
            return node;
        }
        if (full || !fits(extent, ListNode.used(extent) + bytes, 1)) {
            return 0;
        }
        int room = ListNode.room(extent);
        if (room >= bytes && room >= ListNode.capacity(extent) / 4) {
            int here = Math.max(bytes, room / 2);
            ListNode.slide(arena, node, ListNode.HEADER + (left ? here : room - here));
            return node;
        }
        if (ListNode.capacity(extent) >= limits.nodeBytesMax()) {
            return 0;
        }
        return grow(node, ListNode.used(extent) + bytes, left);
    }

    /** Whether a node may have entries of {@code used} bytes, {@code more} of them than now. */
    private boolean fits(long extent, int used, int more) {
        return !ListNode.isLarge(extent)
                && used <= limits.nodeBytesMax() - ListNode.HEADER
                && (more == 0 || ListNode.count(extent) + more <= limits.nodeEntriesMax());
    }

    /** The same node, or the larger one that takes its place, where entries of {@code used} bytes have room. */
    private int withCapacity(int node, int used) {
        boolean enough = ListNode.capacity(ListNode.extent(arena, node)) - ListNode.HEADER >= used;
        return enough ? node : grow(node, used, true);
    }

    private int grow(int node, int used, boolean left) {
        long extent = ListNode.extent(arena, node);
        int bytes = Math.max(2 * ListNode.capacity(extent), ListNode.HEADER + used);
        int larger = ListNode.allocate(arena, bytes, limits.nodeBytesMax(), left);
        ListNode.append(
                arena, node, ListNode.start(extent), ListNode.end(extent), ListNode.count(extent), larger, left);
        link(larger, ListNode.previous(arena, node), ListNode.next(arena, node));
        arena.free(node);
        return larger;
    }

    /** Inserts where an entry begins or ends. */
    private void insert(int node, int at, Bytes element) {
        checkSize();
        long extent = ListNode.extent(arena, node);
        int bytes = ListNode.entryBytes(element.length());
        if (element.length() <= limits.elementBytesMax() && fits(extent, ListNode.used(extent) + bytes, 1)) {
            int fromEnd = ListNode.end(extent) - at;
            int roomy = withCapacity(node, ListNode.used(extent) + bytes);
            int here = ListNode.end(ListNode.extent(arena, roomy)) - fromEnd;
            ListNode.write(arena, roomy, ListNode.replace(arena, roomy, here, 0, bytes, 1), element);
        } else {
            insertNode(node, at, element);
        }
        resize(1);
    }

    /** Inserts a node of one element, between nodes or where an entry begins inside one, which is then split. */
    private void insertNode(int node, int at, Bytes element) {
        long extent = ListNode.extent(arena, node);
        boolean atStart = at == ListNode.start(extent);
        boolean atEnd = at == ListNode.end(extent);
        int added = nodeOf(element, false);
        if (!atStart && !atEnd) {
            split(node, at, added);
        }
        if (atStart) {
            link(added, ListNode.previous(arena, node), node);
        } else {
            link(added, node, ListNode.next(arena, node));
        }
        // Where it goes in beside its neighbours, it need not stay a node of its own.
        if (!merge(added, ListNode.previous(arena, added), false)) {
            merge(added, ListNode.next(arena, added), true);
        }
    }

    /** Moves what follows {@code at} to a node of its own. When that cannot be had, {@code pending} is given back. */
    private void split(int node, int at, int pending) {
        long extent = ListNode.extent(arena, node);
        int end = ListNode.end(extent);
        int tail;
        try {
            int bytes = ListNode.HEADER + end - at;
            tail = ListNode.allocate(arena, Math.max(NODE_BYTES, bytes), Math.max(limits.nodeBytesMax(), bytes), false);
        } catch (CommandError outOfMemory) {
            ListNode.free(arena, pending);
            throw outOfMemory;
        }
        int before = ListNode.entriesBefore(arena, node, extent, at);
        ListNode.append(arena, node, at, end, ListNode.count(extent) - before, tail, false);
        ListNode.extent(arena, node, ListNode.start(extent), at, before, ListNode.capacity(extent));
        link(tail, node, ListNode.next(arena, node));
    }

    /** Moves all entries of a node to the end of a neighbour, where there is room without growing; says whether. */
    private boolean merge(int node, int neighbour, boolean left) {
        if (neighbour == 0) {
            return false;
        }
        long from = ListNode.extent(arena, node);
        long to = ListNode.extent(arena, neighbour);
        int bytes = ListNode.used(from);
        if (ListNode.isLarge(from) || ListNode.room(to) < bytes || !fits(to, 0, ListNode.count(from))) {
            return false;
        }
        ListNode.appendAll(arena, node, from, neighbour, to, left);
        unlink(node);
        return true;
    }

    private void link(int node, int previous, int next) {
        ListNode.previous(arena, node, previous);
        ListNode.next(arena, node, next);
        if (previous == 0) {
            root.putInt(HEAD, node);
        } else {
            ListNode.next(arena, previous, node);
        }
        if (next == 0) {
            root.putInt(TAIL, node);
        } else {
            ListNode.previous(arena, next, node);
        }
    }

    /** Takes a node out of the chain and gives its memory back. */
    private void unlink(int node) {
        int previous = ListNode.previous(arena, node);
        int next = ListNode.next(arena, node);
        if (previous == 0) {
            root.putInt(HEAD, next);
        } else {
            ListNode.next(arena, previous, next);
        }
        if (next == 0) {
            root.putInt(TAIL, previous);
        } else {
            ListNode.previous(arena, next, previous);
        }
        ListNode.free(arena, node);
    }

    private void checkSize() {
        if (size() == SIZE_MAX) {
            throw CommandError.outOfMemory();
        }
    }

    private void resize(int change) {
        root.putInt(SIZE, root.getInt(SIZE) + change);
    }

    /** A walk over the elements, valid until the list is changed by anything but {@link #remove()}. */
    public final class Cursor {
        private final boolean reverse;
        private int node;
        private boolean large;
        /** Where the node's entries that are still to come begin (end, when in reverse). */
        private int at;
        /** The current entry. */
        private int from;

        private int to;
        private boolean thinned;
        /** Entries of the first node before the index. */
        private int skipped;

        private Cursor(long index, boolean reverse) {
            this.reverse = reverse;
            if (index < 0 || index >= size()) {
                return;
            }
            long rest = index;
            if (index < size() / 2) {
                node = root.getInt(HEAD);
                for (int count; rest >= (count = entries(node)); node = ListNode.next(arena, node)) {
                    rest -= count;
                }
            } else {
                node = root.getInt(TAIL);
                long end = size();
                for (int count; index < end - (count = entries(node)); node = ListNode.previous(arena, node)) {
                    end -= count;
                }
                rest = index - (end - entries(node));
            }
            long extent = ListNode.extent(arena, node);
            large = ListNode.isLarge(extent);
            skipped = (int) rest;
            at = ListNode.boundary(arena, node, extent, skipped + (reverse ? 1 : 0));
        }

        private int entries(int node) {
            return ListNode.count(ListNode.extent(arena, node));
        }

        /** Whether there was another element; the methods below speak of it. */
        public boolean next() {
            while (node != 0) {
                long extent = ListNode.extent(arena, node);
                if (at != (reverse ? ListNode.start(extent) : ListNode.end(extent))) {
                    from = reverse ? at - ListNode.entryBefore(arena, node, large, at) : at;
                    to = reverse ? at : at + ListNode.entryFrom(arena, node, large, at);
                    at = reverse ? from : to;
                    return true;
                }
                int left = node;
                enter(reverse ? ListNode.previous(arena, left) : ListNode.next(arena, left));
                if (thinned) {
                    // The neighbour on the side already walked takes over what is left, if it has room.
                    merge(left, reverse ? ListNode.next(arena, left) : ListNode.previous(arena, left), reverse);
                    thinned = false;
                }
            }
            return false;
        }

        private void enter(int next) {
            node = next;
            if (next != 0) {
                long extent = ListNode.extent(arena, next);
                large = ListNode.isLarge(extent);
                at = reverse ? ListNode.end(extent) : ListNode.start(extent);
            }
        }

        /** A copy of the element. */
        public Bytes element() {
            return ListNode.element(arena, node, large, from);
        }

        public int length() {
            return ListNode.elementLength(arena, node, large, from);
        }

        public boolean matches(Bytes other) {
            return ListNode.matches(arena, node, large, from, other);
        }

        public void addTo(Packed reply) {
            ListNode.addTo(reply, arena, node, large, from);
        }

        /** Removes the element; once for each {@link #next()}. */
        public void remove() {
            if (entries(node) == 1) {
                int empty = node;
                enter(reverse ? ListNode.previous(arena, empty) : ListNode.next(arena, empty));
                unlink(empty);
                thinned = false;
            } else {
                at = ListNode.replace(arena, node, from, to - from, 0, -1);
                thinned = true;
            }
            resize(-1);
        }
    }
}
