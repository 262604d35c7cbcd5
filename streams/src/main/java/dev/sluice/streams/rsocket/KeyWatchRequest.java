package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link Route#KEY_WATCH}: {@code {patterns*, events}}.
 *
 * @param events as keyspace notifications name them; empty for all that the letter A of notify-keyspace-events stands for,
 *     which leaves out {@code new} and {@code keymiss}
 */
public record KeyWatchRequest(List<Bytes> patterns, List<Bytes> events) {
    /** Events that wait while there is no demand. */
    public static final int BUFFER_EVENTS = 1024;

    private static final int SHOWN_CHARS_MAX = 64;

    public static KeyWatchRequest of(Fields fields) {
        KeyWatchRequest request =
                new KeyWatchRequest(fields.someStrings("patterns", "pattern"), fields.strings("events"));
        fields.end();
        return request;
    }

    /** The payload, for clients. */
    public Reply payload() {
        return Reply.map(
                Bytes.of("patterns"),
                new Reply.Array(new ArrayList<>(patterns)),
                Bytes.of("events"),
                new Reply.Array(new ArrayList<>(events)));
    }

    /** The refusal of a request with an event of this name. */
    public static CommandError noSuchEvent(Bytes name) {
        String text = name.toString();
        return Fields.error(
                "events", "has no event '" + text.substring(0, Math.min(text.length(), SHOWN_CHARS_MAX)) + "'");
    }

    /** An element of the answer: {@code {key, event, missed?}}. */
    public static Reply happened(Bytes key, Bytes event, long missed) {
        return missed == 0
                ? Reply.map(Bytes.of("key"), key, Bytes.of("event"), event)
                : Reply.map(Bytes.of("key"), key, Bytes.of("event"), event, Bytes.of("missed"), Reply.integer(missed));
    }
}
