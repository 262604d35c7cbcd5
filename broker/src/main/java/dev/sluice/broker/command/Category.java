package dev.sluice.broker.command;

import java.util.Locale;

/** ACL categories, in the order in which COMMAND INFO lists them. */
public enum Category {
    KEYSPACE,
    READ,
    WRITE,
    SET,
    SORTEDSET,
    LIST,
    HASH,
    STRING,
    BITMAP,
    HYPERLOGLOG,
    GEO,
    STREAM,
    PUBSUB,
    ADMIN,
    FAST,
    SLOW,
    BLOCKING,
    DANGEROUS,
    CONNECTION,
    TRANSACTION,
    SCRIPTING;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** As ACL rules write it, without the {@code @}. */
    public String text() {
        return text;
    }
}
