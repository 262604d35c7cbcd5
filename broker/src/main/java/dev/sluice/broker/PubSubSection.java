package dev.sluice.broker;

import dev.sluice.broker.metric.InfoText;
import dev.sluice.broker.net.Traffic;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.SlowSubscribers;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Published.Kind;
import java.util.List;
import java.util.Map;

/** INFO's section Pubsub, which no Redis has: what became of messages, and who is slow to take them. */
final class PubSubSection {
    private static final int SLOW = 10;

    private final Figures figures;

    PubSubSection(Figures figures) {
        this.figures = figures;
    }

    void write(InfoText text) {
        Figures.Parts parts = figures.parts;
        text.field("channels", parts.hub().count(Kind.CHANNEL))
                .field("patterns", parts.hub().count(Kind.PATTERN))
                .field("shard_channels", parts.hub().count(Kind.SHARD));
        wire(text, "resp", parts.resp());
        wire(text, "rsocket", parts.rsocket());
        slow(text);
    }

    /** A field a policy, for those that have had a message. */
    private void wire(InfoText text, String wire, Traffic traffic) {
        Map<Overflow, Long> lags = figures.slow.lags(wire, figures.parts.time().epochMillis());
        for (Overflow overflow : Overflow.values()) {
            Traffic.Pushes pushes = traffic.pushes(overflow);
            if (pushes.delivered() + pushes.lost() > 0 || lags.containsKey(overflow)) {
                text.field(
                        wire + "_" + overflow.text().replace('-', '_'),
                        "delivered=" + pushes.delivered() + ",lost=" + pushes.lost() + ",throttled_ms="
                                + pushes.throttledNanos() / 1_000_000 + ",lag_ms=" + lags.getOrDefault(overflow, 0L));
            }
        }
    }

    private void slow(InfoText text) {
        List<SlowSubscribers.Slow> slow =
                figures.slow.top(SLOW, figures.parts.time().epochMillis());
        for (int i = 0; i < slow.size(); i++) {
            Session session = slow.get(i).session();
            Session.Pushes pushes = slow.get(i).pushes();
            text.field(
                    "slow" + i,
                    "id=" + session.id() + ",wire=" + session.connection().wire() + ",addr="
                            + session.connection().address() + ",overflow="
                            + pushes.overflow().text() + ",queued=" + pushes.queued() + ",bytes="
                            + pushes.queuedBytes() + ",lost=" + pushes.lost() + ",lag_ms=" + pushes.lagMs());
        }
    }
}
