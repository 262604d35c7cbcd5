package dev.sluice.broker.persist;

/** The first nine bytes of a file: who wrote it, and in which version. */
record RdbMagic(boolean isValkey, int version) {
    private static final String REDIS = "REDIS";
    private static final String VALKEY = "VALKEY";
    private static final int BYTES = 9;
    private static final int REDIS_VERSION_MAX = 12;
    private static final int VALKEY_VERSION = 80;

    /** Throws {@link CorruptRdbException} also for a version that is not known. */
    static RdbMagic read(RdbInput in) {
        String text = in.view(BYTES).toLatin1();
        boolean isValkey = text.startsWith(VALKEY);
        if (!isValkey && !text.startsWith(REDIS)) {
            throw new CorruptRdbException("Wrong signature trying to load DB from file");
        }
        int version = version(text.substring((isValkey ? VALKEY : REDIS).length()));
        if (isValkey ? version != VALKEY_VERSION : version < 1 || version > REDIS_VERSION_MAX) {
            throw new CorruptRdbException("Can't handle RDB format version " + version);
        }
        return new RdbMagic(isValkey, version);
    }

    private static int version(String digits) {
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                throw new CorruptRdbException("Wrong signature trying to load DB from file");
            }
        }
        return Integer.parseInt(digits);
    }

    /** The type that a code means here. Throws {@link CorruptRdbException} for one that nothing is known of. */
    int type(int code) {
        if (code == RdbType.VALKEY_HASH_EXPIRING && isValkey) {
            return RdbType.HASH_IN_TRIPLES;
        }
        if (code == RdbType.HASH_EXPIRING_BEFORE_7_4 || code == RdbType.HASH_LISTPACK_EXPIRING_BEFORE_7_4) {
            throw new CorruptRdbException("a hash as release candidates of Redis 7.4 wrote it: type " + code);
        }
        if (code > RdbType.HASH_LISTPACK_EXPIRING || code == 8) {
            throw new CorruptRdbException("unknown type or opcode: " + code);
        }
        return code;
    }
}
