package dev.sluice.broker.persist;

import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.resp.Decimals;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as redis-server 7.0 does, in the encodings that OBJECT ENCODING names. Those with members that expire,
 * which it does not know, are written as 7.4 does or in forms of our own; or, {@code plain}, without their times. Where the
 * output is drained, a value is never written into one array, however large it is.
 */
final class ValueWriter {
    private static final String LISTPACK = "listpack";

    /** A node of a list is full when another element would make it larger than this, by Redis's estimate. */
    private static final int NODE_BYTES_MAX = 8 * 1024;

    private static final int ELEMENT_OVERHEAD_ESTIMATED = 8;
    private static final int PLAIN_FROM_BYTES = 1 << 30;
    private static final int PLAIN_NODE = 1;
    private static final int PACKED_NODE = 2;

    /** Nodes of a list that takes less are gathered before their number, which stands in front of them. */
    private static final long GATHERED_BYTES_MAX = 1 << 20;

    /** A larger intset is drained as an ordinary set. */
    private static final long GATHERED_INTEGERS_MAX = 1 << 17;

    private static final int PIECE_BYTES = 1 << 15;

    private final RdbOutput out;
    private final boolean plain;
    private final Listpack listpack = new Listpack();
    private @Nullable RdbOutput gathered;

    ValueWriter(RdbOutput out, boolean plain) {
        this.out = out;
        this.plain = plain;
    }

    /** As {@link RdbType} has it. */
    int type(Value value) {
        return switch (value) {
            case StringValue string -> RdbType.STRING;
            case ListValue list -> RdbType.LIST_OF_LISTPACKS;
            case SetValue set -> expires(set) ? RdbType.SET_EXPIRING : isIntset(set) ? RdbType.SET_INTSET : RdbType.SET;
            case SortedSet set ->
                expires(set)
                        ? RdbType.SORTED_SET_EXPIRING
                        : isListpack(set) ? RdbType.SORTED_SET_LISTPACK : RdbType.SORTED_SET;
            case HashValue hash ->
                expires(hash) ? RdbType.HASH_EXPIRING : isListpack(hash) ? RdbType.HASH_LISTPACK : RdbType.HASH;
        };
    }

    private boolean expires(Members members) {
        return !plain && members.earliestExpiry() != Members.NO_EXPIRY;
    }

    private boolean isIntset(SetValue set) {
        return set.encoding().equals("intset") && (!out.isDrained() || set.size() <= GATHERED_INTEGERS_MAX);
    }

    private static boolean isListpack(Value value) {
        return value.encoding().equals(LISTPACK);
    }

    /** In the form of its {@link #type}. */
    void write(Value value) {
        switch (value) {
            case StringValue string -> string(string);
            case ListValue list -> list(list);
            case SetValue set -> set(set);
            case SortedSet set -> sortedSet(set);
            case HashValue hash -> hash(hash);
        }
    }

    private void string(StringValue string) {
        if (!out.writesInPieces(string.length())) {
            out.writeString(string.bytes());
            return;
        }
        out.writeLength(string.length());
        byte[] piece = new byte[PIECE_BYTES];
        for (int at = 0; at < string.length(); at += PIECE_BYTES) {
            int length = Math.min(PIECE_BYTES, string.length() - at);
            string.copyTo(at, piece, 0, length);
            out.writeBytes(piece, 0, length);
            out.spill();
        }
    }

    // ---- lists

    /** Takes the nodes of a list. */
    private interface Nodes {
        void plain(Bytes element);

        void packed(Listpack node);
    }

    private void list(ListValue list) {
        if (out.isDrained() && list.bytes() > GATHERED_BYTES_MAX) {
            long[] count = {0};
            forEachNode(list, new Nodes() {
                @Override
                public void plain(Bytes element) {
                    count[0]++;
                }

                @Override
                public void packed(Listpack node) {
                    count[0]++;
                }
            });
            out.writeLength(count[0]);
            forEachNode(list, new NodeWriter(out));
            return;
        }
        RdbOutput all = gathered == null ? out.another() : gathered;
        gathered = all;
        NodeWriter nodes = new NodeWriter(all);
        forEachNode(list, nodes);
        out.writeLength(nodes.count);
        out.writeBytes(all.bytes());
        all.clear();
    }

    private void forEachNode(ListValue list, Nodes nodes) {
        Listpack node = listpack;
        for (ListValue.Cursor at = list.cursor(0, false); at.next(); ) {
            Bytes element = at.element();
            boolean alone = element.length() >= PLAIN_FROM_BYTES;
            long grown = node.size() + 1L + element.length() + ELEMENT_OVERHEAD_ESTIMATED;
            if (!node.isEmpty() && (alone || grown > NODE_BYTES_MAX)) {
                nodes.packed(node);
                node.clear();
            }
            if (alone) {
                nodes.plain(element);
            } else {
                node.add(element);
            }
        }
        if (!node.isEmpty()) {
            nodes.packed(node);
            node.clear();
        }
    }

    private static final class NodeWriter implements Nodes {
        private final RdbOutput out;
        private long count;

        NodeWriter(RdbOutput out) {
            this.out = out;
        }

        @Override
        public void plain(Bytes element) {
            out.writeLength(PLAIN_NODE);
            out.writeString(element);
            out.spill();
            count++;
        }

        @Override
        public void packed(Listpack node) {
            out.writeLength(PACKED_NODE);
            out.writeString(node.bytes());
            out.spill();
            count++;
        }
    }

    // ---- members

    private void set(SetValue set) {
        if (expires(set)) {
            begin(set);
            long earliest = set.earliestExpiry();
            set.forEach((array, member, length, value, valueLength) -> {
                expiring(set, Bytes.view(array, member, length), earliest);
                return true;
            });
        } else if (isIntset(set)) {
            long[] members = new long[(int) set.size()];
            int[] count = {0};
            set.forEach((array, member, length, value, valueLength) -> {
                members[count[0]++] = Numbers.toLong(Bytes.view(array, member, length));
                return true;
            });
            byte[] intset = Intset.of(members);
            out.writeString(intset, 0, intset.length);
        } else {
            out.writeLength(set.size());
            set.forEach((array, member, length, value, valueLength) -> {
                out.writeString(array, member, length);
                out.spill();
                return true;
            });
        }
    }

    private void sortedSet(SortedSet set) {
        long last = set.size() - 1;
        if (expires(set)) {
            begin(set);
            long earliest = set.earliestExpiry();
            set.range(0, last, true, (array, offset, length, score) -> {
                expiring(set, Bytes.view(array, offset, length), earliest);
                out.writeDouble(score);
                return true;
            });
        } else if (isListpack(set)) {
            set.range(0, last, false, (array, offset, length, score) -> {
                listpack.add(array, offset, length);
                listpack.add(Decimals.text(score));
                return true;
            });
            writeListpack();
        } else {
            out.writeLength(set.size());
            // The greatest first, as Redis does, which can then add each at the front.
            set.range(0, last, true, (array, offset, length, score) -> {
                out.writeString(array, offset, length);
                out.writeDouble(score);
                out.spill();
                return true;
            });
        }
    }

    private void hash(HashValue hash) {
        if (expires(hash)) {
            begin(hash);
            long earliest = hash.earliestExpiry();
            hash.forEach((array, field, fieldLength, value, valueLength) -> {
                expiring(hash, Bytes.view(array, field, fieldLength), earliest);
                out.writeString(array, value, valueLength);
                return true;
            });
        } else if (isListpack(hash)) {
            hash.forEach((array, field, fieldLength, value, valueLength) -> {
                listpack.add(array, field, fieldLength);
                listpack.add(array, value, valueLength);
                return true;
            });
            writeListpack();
        } else {
            out.writeLength(hash.size());
            hash.forEach((array, field, fieldLength, value, valueLength) -> {
                out.writeString(array, field, fieldLength);
                out.writeString(array, value, valueLength);
                out.spill();
                return true;
            });
        }
    }

    private void writeListpack() {
        out.writeString(listpack.bytes());
        listpack.clear();
    }

    private void begin(Members members) {
        out.writeLong(members.earliestExpiry());
        out.writeLength(members.size());
    }

    private void expiring(Members members, Bytes member, long earliest) {
        long at = members.memberExpireAt(member);
        out.writeLength(at == Members.NO_EXPIRY ? 0 : at - earliest + 1);
        out.writeString(member);
    }
}
