package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.TakeRequest.Side;

/**
 * {@link Route#LIST_MOVE}: {@code {source*, destination*, from, to}}. Unless it is said, from the left end of one list to
 * the right end of the other, which so keeps their order. The answer is the elements themselves.
 */
public record MoveRequest(Bytes source, Bytes destination, Side from, Side to) {
    public static MoveRequest of(Fields fields) {
        MoveRequest request = new MoveRequest(
                fields.string("source"),
                fields.string("destination"),
                fields.choice("from", Side.LEFT),
                fields.choice("to", Side.RIGHT));
        fields.end();
        return request;
    }

    /** The payload, for clients. */
    public Reply payload() {
        return Reply.map(
                Bytes.of("source"),
                source,
                Bytes.of("destination"),
                destination,
                Bytes.of("from"),
                Bytes.of(Fields.text(from)),
                Bytes.of("to"),
                Bytes.of(Fields.text(to)));
    }
}
