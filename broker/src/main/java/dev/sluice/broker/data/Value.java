package dev.sluice.broker.data;

/** What lives under a key, seen for the length of one call. Encodings are hidden inside. */
public sealed interface Value permits StringValue, ListValue, Members {
    /** As {@code TYPE} and the {@code TYPE} option of SCAN name it. */
    enum Type {
        STRING("string"),
        LIST("list"),
        SET("set"),
        SORTED_SET("zset"),
        HASH("hash"),
        STREAM("stream");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    Type type();

    /** As {@code OBJECT ENCODING} names it. */
    String encoding();
}
