package dev.sluice.broker.persist;

/** The codes of value types in RDB; see rdb.h of Redis 7.4 and of Valkey 9.0. */
final class RdbType {
    static final int STRING = 0;
    static final int LIST = 1;
    static final int SET = 2;
    static final int SORTED_SET_TEXT = 3;
    static final int HASH = 4;
    static final int SORTED_SET = 5;
    static final int MODULE_BEFORE_4_0 = 6;
    static final int MODULE = 7;
    static final int HASH_ZIPMAP = 9;
    static final int LIST_ZIPLIST = 10;
    static final int SET_INTSET = 11;
    static final int SORTED_SET_ZIPLIST = 12;
    static final int HASH_ZIPLIST = 13;
    static final int LIST_OF_ZIPLISTS = 14;
    static final int STREAM = 15;
    static final int HASH_LISTPACK = 16;
    static final int SORTED_SET_LISTPACK = 17;
    static final int LIST_OF_LISTPACKS = 18;
    static final int STREAM_WITH_FIGURES = 19;
    static final int SET_LISTPACK = 20;
    static final int STREAM_WITH_ACTIVE_TIMES = 21;

    /** In files that begin with VALKEY. Release candidates of Redis 7.4 meant something else. */
    static final int VALKEY_HASH_EXPIRING = 22;

    static final int HASH_EXPIRING_BEFORE_7_4 = 22;
    static final int HASH_LISTPACK_EXPIRING_BEFORE_7_4 = 23;
    static final int HASH_EXPIRING = 24;
    static final int HASH_LISTPACK_EXPIRING = 25;

    /** Ours, with times of expiry as in {@link #HASH_EXPIRING}: first the earliest, then each after the one before it. */
    static final int SET_EXPIRING = 200;

    /** Ours, as {@link #SET_EXPIRING}. */
    static final int SORTED_SET_EXPIRING = 201;

    /** What {@link #VALKEY_HASH_EXPIRING} is read as, for the code alone does not tell. */
    static final int HASH_IN_TRIPLES = 256 + VALKEY_HASH_EXPIRING;

    private RdbType() {}
}
