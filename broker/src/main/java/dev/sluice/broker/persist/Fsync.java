package dev.sluice.broker.persist;

import java.util.Locale;

/** When what was written to the append-only file is forced to the disk: {@code appendfsync}. */
public enum Fsync {
    /** Before anybody is told. */
    ALWAYS,
    /** Once a second. */
    EVERYSEC,
    /** When the operating system thinks fit. */
    NO;

    public static Fsync named(String setting) {
        return valueOf(setting.toUpperCase(Locale.ROOT));
    }
}
