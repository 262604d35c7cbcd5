package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;

/** {@link Route#PUBSUB_PUBLISH}: {@code {channel*, message*}}. */
public record PublishRequest(Bytes channel, Bytes message) {
    public static PublishRequest of(Fields fields) {
        PublishRequest request = new PublishRequest(fields.string("channel"), fields.string("message"));
        fields.end();
        return request;
    }

    /** The payload, for clients. */
    public Reply payload() {
        return Reply.map(Bytes.of("channel"), channel, Bytes.of("message"), message);
    }
}
