package dev.sluice.broker.persist;

/** Names of the fields in which a file says what is no key. Whoever does not know one passes it over. */
final class RdbAux {
    static final String REDIS_VERSION = "redis-ver";
    static final String REDIS_BITS = "redis-bits";
    static final String CREATED = "ctime";
    static final String USED_MEMORY = "used-mem";
    static final String AOF_BASE = "aof-base";
    static final String AOF_PREAMBLE = "aof-preamble";
    static final String SLUICE_VERSION = "sluice-version";

    /** Ours: the last fencing token, in decimal. */
    static final String LAST_TOKEN = "sluice-last-token";

    /**
     * Ours, behind a collection: the database and the key, then members that expire, each with its time in ms since 1970. A
     * large collection has several.
     */
    static final String MEMBER_EXPIRY = "sluice-member-expiry";

    private RdbAux() {}
}
