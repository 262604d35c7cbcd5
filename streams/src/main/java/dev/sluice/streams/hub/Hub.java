package dev.sluice.streams.hub;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Channels, patterns and shard channels, and who listens to them. Single-threaded: it belongs to the keyspace loop.
 *
 * <p>A publication is delivered to all its receivers before the next one begins, so that all subscribers of a channel
 * see one order; one that is published from within a delivery waits for the end of it. Publications are numbered when
 * they are made, and a subscription receives those with a higher number than it found: whoever subscribes from within a
 * delivery receives the next message, and whoever unsubscribes receives none.
 *
 * <p>A channel nobody is subscribed to costs nothing, and publishing to it makes no garbage. A pattern costs a match
 * per publication, as in Redis.
 */
public final class Hub {
    private record Pending(Kind kind, Bytes channel, Bytes message, long number) {}

    private final Map<Bytes, Topic> channels = new HashMap<>();
    private final Map<Bytes, Topic> patterns = new HashMap<>();
    private final Map<Bytes, Topic> shardChannels = new HashMap<>();
    /** The values of {@link #patterns} in order, which may change while it is walked. */
    private final Roster<Topic> patternOrder = new Roster<>();

    private long publications;
    private boolean delivering;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();

    /** A place for a listener, with no subscription yet. */
    public Subscriptions join(Listener listener) {
        return new Subscriptions(this, listener);
    }

    /**
     * Publishes to a channel and to the patterns that match it. The arguments may be views of an inbound buffer.
     *
     * @return the number of receivers as Redis counts them: each matching subscription is one
     */
    public long publish(Bytes channel, Bytes message) {
        return publish(Kind.CHANNEL, channel, message);
    }

    /** Publishes to a shard channel, which no pattern sees; returns the number of receivers. */
    public long publishToShard(Bytes channel, Bytes message) {
        return publish(Kind.SHARD, channel, message);
    }

    /** The channels or shard channels somebody is subscribed to, or the patterns; those that match, if a glob is given. */
    public List<Bytes> names(Kind kind, @Nullable Bytes glob) {
        List<Bytes> names = new ArrayList<>();
        for (Bytes name : topics(kind).keySet()) {
            if (glob == null || Glob.matches(glob, name)) {
                names.add(name);
            }
        }
        return names;
    }

    /** The number of subscriptions to that very name; for a channel those by pattern do not count. */
    public int subscribers(Kind kind, Bytes name) {
        Topic topic = topics(kind).get(name);
        return topic == null ? 0 : topic.subscriptions.size();
    }

    /** The number of different names somebody is subscribed to. */
    public int count(Kind kind) {
        return topics(kind).size();
    }

    Topic.Subscription subscribe(Kind kind, Bytes name, Listener listener) {
        Topic topic = topics(kind).get(name);
        if (topic == null) {
            topic = new Topic(kind, name.detached());
            topics(kind).put(topic.name, topic);
            if (kind == Kind.PATTERN) {
                patternOrder.add(topic);
            }
        }
        Topic.Subscription subscription = new Topic.Subscription(topic, listener, publications);
        topic.subscriptions.add(subscription);
        return subscription;
    }

    void unsubscribe(Topic.Subscription subscription) {
        Topic topic = subscription.topic;
        topic.subscriptions.remove(subscription);
        if (topic.subscriptions.size() == 0) {
            topics(topic.kind).remove(topic.name);
            if (topic.kind == Kind.PATTERN) {
                patternOrder.remove(topic);
            }
        }
    }

    private Map<Bytes, Topic> topics(Kind kind) {
        return switch (kind) {
            case CHANNEL -> channels;
            case PATTERN -> patterns;
            case SHARD -> shardChannels;
        };
    }

    private long publish(Kind kind, Bytes channel, Bytes message) {
        publications++;
        if (delivering) {
            long receivers = receivers(kind, channel);
            if (receivers > 0) {
                pending.add(new Pending(kind, channel.detached(), message.detached(), publications));
            }
            return receivers;
        }
        delivering = true;
        try {
            long receivers = deliver(kind, channel, message, publications);
            for (Pending next = pending.poll(); next != null; next = pending.poll()) {
                deliver(next.kind, next.channel, next.message, next.number);
            }
            return receivers;
        } finally {
            delivering = false;
        }
    }

    private long deliver(Kind kind, Bytes channel, Bytes message, long number) {
        long receivers = 0;
        Bytes channelKept = null;
        Bytes messageKept = null;
        Topic topic = topics(kind).get(channel);
        if (topic != null) {
            channelKept = topic.name;
            messageKept = message.detached();
            receivers = topic.deliver(channelKept, messageKept, number);
        }
        if (kind == Kind.SHARD || patternOrder.size() == 0) {
            return receivers;
        }
        patternOrder.begin();
        try {
            for (int i = 0; i < patternOrder.end(); i++) {
                Topic pattern = patternOrder.at(i);
                if (pattern != null && Glob.matches(pattern.name, channel)) {
                    channelKept = channelKept == null ? channel.detached() : channelKept;
                    messageKept = messageKept == null ? message.detached() : messageKept;
                    receivers += pattern.deliver(channelKept, messageKept, number);
                }
            }
        } finally {
            patternOrder.finish();
        }
        return receivers;
    }

    private long receivers(Kind kind, Bytes channel) {
        long receivers = subscribers(kind, channel);
        if (kind == Kind.CHANNEL) {
            for (int i = 0; i < patternOrder.end(); i++) {
                Topic pattern = patternOrder.at(i);
                if (pattern != null && Glob.matches(pattern.name, channel)) {
                    receivers += pattern.subscriptions.size();
                }
            }
        }
        return receivers;
    }
}
