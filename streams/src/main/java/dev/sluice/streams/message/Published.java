package dev.sluice.streams.message;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to subscribers. One object is shared by all who receive it for the same reason, and so are its
 * encoded forms: each is made when the first of them asks. Two threads that ask at once may both make it; either result
 * serves.
 */
public final class Published {
    /** Why a subscriber receives a message. */
    public enum Kind {
        /** Subscribed to the channel. */
        CHANNEL("message"),
        /** Subscribed to a pattern that the channel matches. */
        PATTERN("pmessage"),
        /** Subscribed to the shard channel. */
        SHARD("smessage");

        private final Bytes word;

        Kind(String word) {
            this.word = Bytes.of(word);
        }

        /** The first element of the RESP push. */
        public Bytes word() {
            return word;
        }
    }

    /** What a message can look like on a wire. */
    public enum Form {
        RESP2,
        RESP3,
        JSON,
        CBOR,
        /** The map that RSocket carries in RESP3. */
        RESP3_MAP;

        private static final int COUNT = values().length;
    }

    private final Kind kind;
    private final @Nullable Bytes pattern;
    private final Bytes channel;
    private final Bytes message;
    private final boolean isRaw;
    private final boolean isVital;
    private final @Nullable Bytes[] forms = new @Nullable Bytes[Form.COUNT];

    /** All bytes must outlive the inbound buffer; {@code pattern} is null unless {@code kind} is PATTERN. */
    public Published(Kind kind, @Nullable Bytes pattern, Bytes channel, Bytes message) {
        this(kind, pattern, channel, message, false, false);
    }

    private Published(
            Kind kind, @Nullable Bytes pattern, Bytes channel, Bytes message, boolean isRaw, boolean isVital) {
        this.kind = kind;
        this.pattern = pattern;
        this.channel = channel;
        this.message = message;
        this.isRaw = isRaw;
        this.isVital = isVital;
    }

    /** What is sent as it is on either version of RESP, in a message's place: in order with messages, bounded as they. */
    public static Published raw(Bytes encoded) {
        return raw(encoded, false);
    }

    /** As {@link #raw(Bytes)}, and the connection is worth nothing without it: an invalidation, say. */
    public static Published vital(Bytes encoded) {
        return raw(encoded, true);
    }

    private static Published raw(Bytes encoded, boolean isVital) {
        Published message = new Published(Kind.CHANNEL, null, Bytes.EMPTY, encoded, true, isVital);
        message.forms[Form.RESP2.ordinal()] = encoded;
        message.forms[Form.RESP3.ordinal()] = encoded;
        return message;
    }

    /** Whether it comes from no channel at all. */
    public boolean isRaw() {
        return isRaw;
    }

    /** Whether who does not get it must not go on. */
    public boolean isVital() {
        return isVital;
    }

    public Kind kind() {
        return kind;
    }

    public @Nullable Bytes pattern() {
        return pattern;
    }

    public Bytes channel() {
        return channel;
    }

    public Bytes message() {
        return message;
    }

    /** The message in that form; {@code encoder} makes it if nobody has asked before. */
    public Bytes encoded(Form form, Function<? super Published, Bytes> encoder) {
        Bytes known = forms[form.ordinal()];
        if (known == null) {
            known = encoder.apply(this);
            forms[form.ordinal()] = known;
        }
        return known;
    }

    /** What conflation goes by: two messages with equal keys come from one channel through one subscription. */
    public Object conflationKey() {
        if (isRaw) {
            return this; // the next one does not replace it
        }
        return pattern == null && kind == Kind.CHANNEL ? channel : new Key(kind, pattern, channel);
    }

    private record Key(Kind kind, @Nullable Bytes pattern, Bytes channel) {}

    @Override
    public String toString() {
        return kind.word() + " " + (pattern == null ? "" : pattern + " ") + channel + " " + message;
    }
}
