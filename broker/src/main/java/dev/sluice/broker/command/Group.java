package dev.sluice.broker.command;

import java.util.Locale;

/** Groups of COMMAND DOCS. */
public enum Group {
    BITMAP,
    CLUSTER,
    CONNECTION,
    GENERIC,
    GEO,
    HASH,
    HYPERLOGLOG,
    LIST,
    PUBSUB,
    SCRIPTING,
    SERVER,
    SET,
    SORTED_SET,
    STREAM,
    STRING,
    TRANSACTIONS;

    /** As COMMAND DOCS prints it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
