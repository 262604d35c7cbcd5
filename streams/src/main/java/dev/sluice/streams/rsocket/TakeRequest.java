package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/** {@link Route#LIST_TAKE}: {@code {keys*, side}}; the side is the left one unless it is said. */
public record TakeRequest(List<Bytes> keys, Side side) {
    /** The end of a list that elements are taken from. */
    public enum Side {
        LEFT,
        RIGHT
    }

    public static TakeRequest of(Fields fields) {
        List<Bytes> keys = fields.strings("keys");
        if (keys.isEmpty()) {
            throw Fields.error("keys", "must name at least one key");
        }
        TakeRequest request = new TakeRequest(keys, side(fields));
        fields.end();
        return request;
    }

    private static Side side(Fields fields) {
        Bytes name = fields.stringOrNull("side");
        if (name == null || name.is("LEFT")) {
            return Side.LEFT;
        }
        if (name.is("RIGHT")) {
            return Side.RIGHT;
        }
        throw Fields.error("side", "must be left or right");
    }

    /** The payload, for clients. */
    public Reply payload() {
        return Reply.map(
                Bytes.of("keys"),
                new Reply.Array(new ArrayList<>(keys)),
                Bytes.of("side"),
                Bytes.of(side == Side.LEFT ? "left" : "right"));
    }

    /** An element of the answer: {@code {key, value}}. */
    public static Reply taken(Bytes key, Reply value) {
        return Reply.map(Bytes.of("key"), key, Bytes.of("value"), value);
    }
}
