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

/**
 * Writes values as redis-server 7.0 does, in the encodings that OBJECT ENCODING names; those with members that expire,
 * which it does not know, as 7.4 does or in forms of our own.
 */
final class ValueWriter {
    private static final String LISTPACK = "listpack";

    /** A node of a list is full when another element would make it larger than this, by Redis's estimate. */
    private static final int NODE_BYTES_MAX = 8 * 1024;

    private static final int ELEMENT_OVERHEAD_ESTIMATED = 8;
    private static final int PLAIN_FROM_BYTES = 1 << 30;
    private static final int PLAIN_NODE = 1;
    private static final int PACKED_NODE = 2;

    private final RdbOutput out;

    ValueWriter(RdbOutput out) {
        this.out = out;
    }

    /** As {@link RdbType} has it. */
    static int type(Value value) {
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

    private static boolean expires(Members members) {
        return members.earliestExpiry() != Members.NO_EXPIRY;
    }

    private static boolean isIntset(SetValue set) {
        return set.encoding().equals("intset");
    }

    private static boolean isListpack(Value value) {
        return value.encoding().equals(LISTPACK);
    }

    /** In the form of its {@link #type}. */
    void write(Value value) {
        switch (value) {
            case StringValue string -> out.writeString(string.bytes());
            case ListValue list -> list(list);
            case SetValue set -> set(set);
            case SortedSet set -> sortedSet(set);
            case HashValue hash -> hash(hash);
        }
    }

    private void list(ListValue list) {
        RdbOutput nodes = out.another();
        Listpack node = new Listpack();
        long count = 0;
        for (ListValue.Cursor at = list.cursor(0, false); at.next(); ) {
            Bytes element = at.element();
            boolean plain = element.length() >= PLAIN_FROM_BYTES;
            long grown = node.size() + 1L + element.length() + ELEMENT_OVERHEAD_ESTIMATED;
            if (!node.isEmpty() && (plain || grown > NODE_BYTES_MAX)) {
                count += packedNode(nodes, node);
            }
            if (plain) {
                nodes.writeLength(PLAIN_NODE);
                nodes.writeString(element);
                count++;
            } else {
                node.add(element);
            }
        }
        count += packedNode(nodes, node);
        out.writeLength(count);
        out.writeBytes(nodes.bytes());
    }

    /** Returns how many nodes were written. */
    private static int packedNode(RdbOutput nodes, Listpack node) {
        if (node.isEmpty()) {
            return 0;
        }
        nodes.writeLength(PACKED_NODE);
        nodes.writeString(node.bytes());
        node.clear();
        return 1;
    }

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
            Listpack listpack = new Listpack();
            set.range(0, last, false, (array, offset, length, score) -> {
                listpack.add(array, offset, length);
                listpack.add(Decimals.text(score));
                return true;
            });
            out.writeString(listpack.bytes());
        } else {
            out.writeLength(set.size());
            // The greatest first, as Redis does, which can then add each at the front.
            set.range(0, last, true, (array, offset, length, score) -> {
                out.writeString(array, offset, length);
                out.writeDouble(score);
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
            Listpack listpack = new Listpack();
            hash.forEach((array, field, fieldLength, value, valueLength) -> {
                listpack.add(array, field, fieldLength);
                listpack.add(array, value, valueLength);
                return true;
            });
            out.writeString(listpack.bytes());
        } else {
            out.writeLength(hash.size());
            hash.forEach((array, field, fieldLength, value, valueLength) -> {
                out.writeString(array, field, fieldLength);
                out.writeString(array, value, valueLength);
                return true;
            });
        }
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
