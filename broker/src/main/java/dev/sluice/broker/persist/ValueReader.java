package dev.sluice.broker.persist;

import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

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
    private final Database database;
    private final Bytes key;

    /** What is read is to come under this key. */
    ValueReader(RdbInput in, Database database, Bytes key) {
        this.in = in;
        this.database = database;
        this.key = key;
    }

    /**
     * Reads a value of a type as {@link RdbType} has it.
     *
     * @throws CorruptRdbException also when a collection is empty or has a member twice
     * @throws CommandError out of memory
     */
    Fresh<? extends Value> read(int type) {
        return switch (type) {
            case RdbType.STRING -> database.freshString(key, in.readString());
            case RdbType.LIST -> list(list -> elements(1, list::pushRight));
            case RdbType.LIST_ZIPLIST -> list(list -> Ziplist.read(in.readString(), list::pushRight));
            case RdbType.LIST_OF_ZIPLISTS -> list(this::ziplists);
            case RdbType.LIST_OF_LISTPACKS -> list(this::listpacks);
            case RdbType.SET -> set(set -> elements(1, adding(set)));
            case RdbType.SET_INTSET -> set(set -> Intset.read(in.readString(), adding(set)));
            case RdbType.SET_LISTPACK -> set(set -> Listpack.read(in.readString(), adding(set)));
            case RdbType.SET_EXPIRING -> set(this::expiringSet);
            case RdbType.SORTED_SET_TEXT -> sortedSet(set -> scored(set, this::readTextScore));
            case RdbType.SORTED_SET -> sortedSet(set -> scored(set, in::readDouble));
            case RdbType.SORTED_SET_ZIPLIST ->
                sortedSet(set -> pairs(to -> Ziplist.read(in.readString(), to), scoring(set)));
            case RdbType.SORTED_SET_LISTPACK ->
                sortedSet(set -> pairs(to -> Listpack.read(in.readString(), to), scoring(set)));
            case RdbType.SORTED_SET_EXPIRING -> sortedSet(this::expiringSortedSet);
            case RdbType.HASH -> hash(hash -> pairs(to -> elements(2, to), putting(hash)));
            case RdbType.HASH_ZIPMAP -> hash(hash -> pairs(to -> Zipmap.read(in.readString(), to), putting(hash)));
            case RdbType.HASH_ZIPLIST -> hash(hash -> pairs(to -> Ziplist.read(in.readString(), to), putting(hash)));
            case RdbType.HASH_LISTPACK -> hash(hash -> pairs(to -> Listpack.read(in.readString(), to), putting(hash)));
            case RdbType.HASH_EXPIRING -> hash(this::expiringHash);
            case RdbType.HASH_LISTPACK_EXPIRING -> hash(this::expiringListpack);
            case RdbType.HASH_IN_TRIPLES -> hash(this::triples);
            default -> throw new CorruptRdbException("unknown type of a value: " + type);
        };
    }

    private Fresh<ListValue> list(Consumer<ListValue> fill) {
        return filled(database.freshList(key), fill, ListValue::size);
    }

    private Fresh<SetValue> set(Consumer<SetValue> fill) {
        return filled(database.freshSet(key), fill, SetValue::size);
    }

    private Fresh<SortedSet> sortedSet(Consumer<SortedSet> fill) {
        return filled(database.freshSortedSet(key), fill, SortedSet::size);
    }

    private Fresh<HashValue> hash(Consumer<HashValue> fill) {
        return filled(database.freshHash(key), fill, HashValue::size);
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

    // ---- lists

    private void ziplists(ListValue list) {
        for (long nodes = in.readCount(1); nodes > 0; nodes--) {
            Ziplist.read(in.readString(), list::pushRight);
        }
    }

    private void listpacks(ListValue list) {
        for (long nodes = in.readCount(2); nodes > 0; nodes--) {
            long container = in.readLength();
            if (container == PLAIN_NODE) {
                list.pushRight(in.readString());
            } else if (container == PACKED_NODE) {
                Listpack.read(in.readString(), list::pushRight);
            } else {
                throw new CorruptRdbException("unknown container of a node: " + container);
            }
        }
    }

    // ---- members, alone or in pairs

    private void elements(int each, Consumer<Bytes> to) {
        long count = in.readCount(each);
        for (long i = 0; i < each * count; i++) {
            to.accept(in.readString());
        }
    }

    private static void pairs(Consumer<Pairs> from, BiConsumer<Bytes, Bytes> to) {
        Pairs pairs = new Pairs(to);
        from.accept(pairs);
        pairs.end();
    }

    private static Consumer<Bytes> adding(SetValue set) {
        return member -> checkNew(set.add(member));
    }

    private static BiConsumer<Bytes, Bytes> putting(HashValue hash) {
        return (field, value) -> checkNew(hash.put(field, value));
    }

    private static BiConsumer<Bytes, Bytes> scoring(SortedSet set) {
        return (member, score) -> put(set, member, Numbers.toDouble(score));
    }

    private static void checkNew(boolean added) {
        if (!added) {
            throw new CorruptRdbException("a member stands twice in a collection");
        }
    }

    private static void put(SortedSet set, Bytes member, double score) {
        if (Double.isNaN(score)) {
            throw new CorruptRdbException("a score is not a number");
        }
        checkNew(set.put(member, score));
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
        Listpack.read(in.readString(), element -> {
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
