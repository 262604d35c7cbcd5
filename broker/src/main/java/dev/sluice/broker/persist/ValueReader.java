package dev.sluice.broker.persist;

import dev.sluice.broker.data.FieldFilling;
import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedFilling;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of all types and encodings that Redis wrote up to 7.4 (rdb.c), and of ours with members that expire. What is
 * read becomes what Sluice's own settings make of it, whatever the encoding was.
 */
final class ValueReader {
    private static final int PLAIN_NODE = 1;
    private static final int PACKED_NODE = 2;

    /** What stands in place of the length of a score's text. */
    private static final int NEGATIVE_INFINITY = 255;

    private static final int POSITIVE_INFINITY = 254;
    private static final int NOT_A_NUMBER = 253;

    private final RdbInput in;
    private @Nullable FieldFilling fields;
    private @Nullable SortedFilling members;

    ValueReader(RdbInput in) {
        this.in = in;
    }

    /**
     * Reads a value of a type as {@link RdbType} has it, which is to come under a key.
     *
     * @throws CorruptRdbException also when a collection is empty or has a member twice
     * @throws CommandError out of memory
     */
    Fresh<? extends Value> read(int type, Database database, Bytes key) {
        return switch (type) {
            case RdbType.STRING -> database.freshString(key, in.readString());
            case RdbType.LIST, RdbType.LIST_ZIPLIST, RdbType.LIST_OF_ZIPLISTS, RdbType.LIST_OF_LISTPACKS ->
                filled(database.freshList(key), list -> list(type, list), ListValue::size);
            case RdbType.SET, RdbType.SET_INTSET, RdbType.SET_LISTPACK, RdbType.SET_EXPIRING ->
                filled(database.freshSet(key), set -> set(type, set), SetValue::size);
            case RdbType.SORTED_SET_TEXT,
                    RdbType.SORTED_SET,
                    RdbType.SORTED_SET_ZIPLIST,
                    RdbType.SORTED_SET_LISTPACK,
                    RdbType.SORTED_SET_EXPIRING ->
                filled(database.freshSortedSet(key), set -> sortedSet(type, set), SortedSet::size);
            case RdbType.HASH,
                    RdbType.HASH_ZIPMAP,
                    RdbType.HASH_ZIPLIST,
                    RdbType.HASH_LISTPACK,
                    RdbType.HASH_EXPIRING,
                    RdbType.HASH_LISTPACK_EXPIRING,
                    RdbType.HASH_IN_TRIPLES ->
                filled(database.freshHash(key), hash -> hash(type, hash), HashValue::size);
            default -> throw new CorruptRdbException("unknown type of a value: " + type);
        };
    }

    private static <V extends Value> Fresh<V> filled(Fresh<V> fresh, Consumer<V> fill, ToLongFunction<V> size) {
        try {
            fill.accept(fresh.value());
            if (size.applyAsLong(fresh.value()) == 0) {
                throw CorruptRdbException.empty();
            }
            return fresh;
        } catch (CorruptRdbException | CommandError refused) {
            fresh.close();
            throw refused;
        }
    }

    private void list(int type, ListValue list) {
        switch (type) {
            case RdbType.LIST -> elements(1, list::pushRight);
            case RdbType.LIST_ZIPLIST -> Ziplist.read(in.readString(), "List ziplist", list::pushRight);
            case RdbType.LIST_OF_ZIPLISTS -> ziplists(list);
            default -> listpacks(list);
        }
    }

    private void set(int type, SetValue set) {
        switch (type) {
            case RdbType.SET_INTSET -> Intset.read(in.readString(), member -> checkNew(set.add(member)));
            case RdbType.SET_EXPIRING -> expiringSet(set);
            default -> {
                Adding adding = new Adding(set, filling());
                if (type == RdbType.SET) {
                    elements(1, adding);
                } else {
                    Listpack.read(in.readString(), "Set listpack", adding);
                }
                adding.end();
            }
        }
    }

    private void sortedSet(int type, SortedSet set) {
        switch (type) {
            case RdbType.SORTED_SET_TEXT -> scored(set, this::readTextScore);
            case RdbType.SORTED_SET -> scored(set, in::readDouble);
            case RdbType.SORTED_SET_EXPIRING -> expiringSortedSet(set);
            default -> {
                SortedFilling filling = filling(set);
                Pairs pairs = new Pairs((member, score) -> put(filling, member, Numbers.toDouble(score)));
                if (type == RdbType.SORTED_SET_ZIPLIST) {
                    Ziplist.read(in.readString(), "Zset ziplist", pairs);
                } else {
                    Listpack.read(in.readString(), "Zset listpack", pairs);
                }
                pairs.end();
                filling.end();
            }
        }
    }

    private void hash(int type, HashValue hash) {
        switch (type) {
            case RdbType.HASH_EXPIRING -> expiringHash(hash);
            case RdbType.HASH_LISTPACK_EXPIRING -> expiringListpack(hash);
            case RdbType.HASH_IN_TRIPLES -> triples(hash);
            default -> {
                FieldFilling filling = filling();
                filling.begin(hash);
                Pairs pairs = new Pairs((field, value) -> checkNew(filling.add(field, value)));
                switch (type) {
                    case RdbType.HASH -> elements(2, pairs);
                    case RdbType.HASH_ZIPMAP -> Zipmap.read(in.readString(), pairs);
                    case RdbType.HASH_ZIPLIST -> Ziplist.read(in.readString(), "Hash ziplist", pairs);
                    default -> Listpack.read(in.readString(), "Hash listpack", pairs);
                }
                pairs.end();
                filling.end();
            }
        }
    }

    private FieldFilling filling() {
        FieldFilling known = fields;
        if (known == null) {
            known = new FieldFilling();
            fields = known;
        }
        return known;
    }

    private SortedFilling filling(SortedSet set) {
        SortedFilling known = members;
        if (known == null) {
            known = new SortedFilling(set);
            members = known;
        } else {
            known.begin(set);
        }
        return known;
    }

    /** Adds members to a set. */
    private static final class Adding implements Consumer<Bytes> {
        private final SetValue set;
        private final FieldFilling filling;
        private boolean begun;

        Adding(SetValue set, FieldFilling filling) {
            this.set = set;
            this.filling = filling;
        }

        @Override
        public void accept(Bytes member) {
            if (!begun) {
                filling.begin(set, member);
                begun = true;
            }
            checkNew(filling.add(member, Bytes.EMPTY));
        }

        void end() {
            if (begun) {
                filling.end();
            }
        }
    }

    // ---- lists

    private void ziplists(ListValue list) {
        for (long nodes = in.readCount(1); nodes > 0; nodes--) {
            Ziplist.read(node(), "Quicklist ziplist", list::pushRight);
        }
    }

    private void listpacks(ListValue list) {
        for (long nodes = in.readCount(2); nodes > 0; nodes--) {
            long container = in.readLength();
            if (container == PLAIN_NODE) {
                list.pushRight(node());
            } else if (container == PACKED_NODE) {
                Listpack.read(node(), "Quicklist listpack", list::pushRight);
            } else {
                throw new CorruptRdbException("unknown container of a node: " + container);
            }
        }
    }

    /** What Redis never writes empty. */
    private Bytes node() {
        Bytes node = in.readString();
        if (node.isEmpty()) {
            throw new CorruptRdbException("an empty node of a list");
        }
        return node;
    }

    // ---- members, alone or in pairs

    private void elements(int each, Consumer<Bytes> to) {
        long count = in.readCount(each);
        for (long i = 0; i < each * count; i++) {
            to.accept(in.readString());
        }
    }

    private static void checkNew(boolean added) {
        if (!added) {
            throw new CorruptRdbException("integrity check failed: a member stands twice in a collection");
        }
    }

    private static void put(SortedFilling filling, Bytes member, double score) {
        checkScore(score);
        checkNew(filling.add(member, score));
    }

    private static void put(SortedSet set, Bytes member, double score) {
        checkScore(score);
        checkNew(set.put(member, score));
    }

    private static void checkScore(double score) {
        if (Double.isNaN(score)) {
            throw new CorruptRdbException("a score is not a number");
        }
    }

    private void scored(SortedSet set, DoubleReader score) {
        for (long left = in.readCount(2); left > 0; left--) {
            Bytes member = in.readString();
            put(set, member, score.read());
        }
    }

    @FunctionalInterface
    private interface DoubleReader {
        double read();
    }

    private double readTextScore() {
        int length = in.readByte();
        return switch (length) {
            case NEGATIVE_INFINITY -> Double.NEGATIVE_INFINITY;
            case POSITIVE_INFINITY -> Double.POSITIVE_INFINITY;
            case NOT_A_NUMBER -> Double.NaN;
            default -> Numbers.toDouble(in.view(length));
        };
    }

    // ---- members that expire

    private void expiringSet(SetValue set) {
        expiring(set, member -> checkNew(set.add(member)));
    }

    private void expiringSortedSet(SortedSet set) {
        expiring(set, member -> put(set, member, in.readDouble()));
    }

    private void expiringHash(HashValue hash) {
        expiring(hash, field -> checkNew(hash.put(field, in.readString())));
    }

    /** The earliest time, and for each member 0 or how much later it expires, and 1. */
    private void expiring(Members members, Consumer<Bytes> add) {
        long earliest = in.readLong();
        for (long left = in.readCount(2); left > 0; left--) {
            long later = in.readLength();
            Bytes member = in.readString();
            add.accept(member);
            if (later > 0) {
                expire(members, member, earliest + later - 1);
            }
        }
    }

    /** Fields, values and times in turn, 0 for none, behind the earliest time. */
    private void expiringListpack(HashValue hash) {
        in.readLong();
        List<Bytes> three = new ArrayList<>(3);
        Listpack.read(in.readString(), "Hash listpack", element -> {
            three.add(element);
            if (three.size() == 3) {
                putExpiring(hash, three.get(0), three.get(1), three.get(2));
                three.clear();
            }
        });
        if (!three.isEmpty()) {
            throw new CorruptRdbException("a field without value or time");
        }
    }

    /** Each field with its value and when it expires, a negative number for never; as Valkey has it. */
    private void triples(HashValue hash) {
        for (long left = in.readCount(2 + Long.BYTES); left > 0; left--) {
            Bytes field = in.readString();
            checkNew(hash.put(field, in.readString()));
            long at = in.readLong();
            if (at >= 0) {
                expire(hash, field, at);
            }
        }
    }

    private static void putExpiring(HashValue hash, Bytes field, Bytes value, Bytes atMs) {
        checkNew(hash.put(field, value));
        if (!Numbers.isLong(atMs)) {
            throw new CorruptRdbException("a time of expiry is not a number");
        }
        long at = Numbers.toLong(atMs);
        if (at != 0) {
            expire(hash, field, at);
        }
    }

    private static void expire(Members members, Bytes member, long atMs) {
        if (atMs < 0 || atMs > Members.EXPIRE_AT_MS_MAX) {
            throw new CorruptRdbException("a time of expiry is out of range");
        }
        members.expireMemberAt(member, atMs);
    }
}
