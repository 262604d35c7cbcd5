package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.CommandError;

/** What a request is for. */
public enum Route {
    COMMAND("command"),
    PUBSUB_PUBLISH("pubsub.publish"),
    PUBSUB_SUBSCRIBE("pubsub.subscribe"),
    LIST_TAKE("list.take"),
    LIST_MOVE("list.move"),
    ZSET_POP("zset.pop"),
    KEY_SCAN("key.scan"),
    KEY_WATCH("key.watch"),
    ZSET_WATCH("zset.watch"),
    ZSET_RANK("zset.rank"),
    TRANSACTION("transaction"),
    LOCK_HOLD("lock.hold");

    private static final int SHOWN_CHARS_MAX = 128;

    private final String text;

    Route(String text) {
        this.text = text;
    }

    /** As it stands in the routing metadata. */
    public String text() {
        return text;
    }

    /**
     * The route of that name.
     *
     * @throws CommandError if there is none
     */
    public static Route named(String text) {
        for (Route route : values()) {
            if (route.text.equals(text)) {
                return route;
            }
        }
        throw new CommandError(
                "ERR unknown route '" + text.substring(0, Math.min(text.length(), SHOWN_CHARS_MAX)) + "'");
    }
}
