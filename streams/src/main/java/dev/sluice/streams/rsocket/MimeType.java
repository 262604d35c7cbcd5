package dev.sluice.streams.rsocket;

import org.jspecify.annotations.Nullable;

/** What the data of a payload is written in. */
public enum MimeType {
    JSON("application/json"),
    CBOR("application/cbor"),
    /** One RESP3 value. */
    RESP3("application/vnd.resp3");

    private final String text;

    MimeType(String text) {
        this.text = text;
    }

    /** As it stands in SETUP and in metadata. */
    public String text() {
        return text;
    }

    /** The type of that name, whatever the case; null if it is none of ours. */
    public static @Nullable MimeType named(String text) {
        for (MimeType type : values()) {
            if (type.text.equalsIgnoreCase(text)) {
                return type;
            }
        }
        return null;
    }
}
