package dev.sluice.streams.rsocket;

import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@link Route#PUBSUB_SUBSCRIBE}: {@code {channels, patterns, shardChannels, overflow, buffer}} with at least one name.
 *
 * @param buffer messages that may wait for demand, 1 to {@link #BUFFER_MESSAGES_MAX}
 */
public record SubscribeRequest(
        List<Bytes> channels, List<Bytes> patterns, List<Bytes> shardChannels, Overflow overflow, int buffer) {
    public static final int BUFFER_MESSAGES_MAX = 1 << 20;
    public static final int BUFFER_MESSAGES_DEFAULT = 1024;

    public static SubscribeRequest of(Fields fields) {
        SubscribeRequest request = new SubscribeRequest(
                fields.strings("channels"),
                fields.strings("patterns"),
                fields.strings("shardChannels"),
                overflow(fields),
                fields.integer("buffer", BUFFER_MESSAGES_DEFAULT, 1, BUFFER_MESSAGES_MAX));
        fields.end();
        if (request.channels.isEmpty() && request.patterns.isEmpty() && request.shardChannels.isEmpty()) {
            throw new CommandError(
                    "ERR one of the fields 'channels', 'patterns' and 'shardChannels' must name something");
        }
        return request;
    }

    private static Overflow overflow(Fields fields) {
        Bytes name = fields.stringOrNull("overflow");
        if (name == null) {
            return Overflow.DROP_OLDEST;
        }
        Overflow policy = Overflow.named(name.toString());
        if (policy == null) {
            throw Fields.error(
                    "overflow",
                    "must be one of "
                            + Arrays.stream(Overflow.values())
                                    .map(Overflow::text)
                                    .collect(Collectors.joining(", ")));
        }
        return policy;
    }

    /** The payload, for clients. */
    public Reply payload() {
        return Reply.map(
                Bytes.of("channels"),
                new Reply.Array(new ArrayList<>(channels)),
                Bytes.of("patterns"),
                new Reply.Array(new ArrayList<>(patterns)),
                Bytes.of("shardChannels"),
                new Reply.Array(new ArrayList<>(shardChannels)),
                Bytes.of("overflow"),
                Bytes.of(overflow.text()),
                Bytes.of("buffer"),
                Reply.integer(buffer));
    }
}
