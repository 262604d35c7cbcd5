package dev.sluice.broker.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What took long, by the kind of event: the worst sample of each of the last seconds that had one. */
public final class LatencyMonitor {
    private static final int SAMPLES_MAX = 160;

    /** A second of Unix time and the longest that the event took in it. */
    public record Sample(long seconds, long millis) {}

    /** The samples of one kind of event. */
    public static final class Series {
        private final Sample[] ring = new Sample[SAMPLES_MAX];
        private int count;
        private int last = -1;
        private long worstMs;

        private void add(long seconds, long millis) {
            worstMs = Math.max(worstMs, millis);
            if (last >= 0 && ring[last].seconds == seconds) {
                if (millis > ring[last].millis) {
                    ring[last] = new Sample(seconds, millis);
                }
                return;
            }
            last = (last + 1) % SAMPLES_MAX;
            ring[last] = new Sample(seconds, millis);
            count = Math.min(count + 1, SAMPLES_MAX);
        }

        /** The oldest first; there is at least one. */
        public List<Sample> samples() {
            List<Sample> samples = new ArrayList<>(count);
            for (int i = 1; i <= count; i++) {
                samples.add(ring[(last - count + i + SAMPLES_MAX) % SAMPLES_MAX]);
            }
            return samples;
        }

        public Sample latest() {
            return ring[last];
        }

        /** Of all time, also of samples that are not kept any more. */
        public long worstMs() {
            return worstMs;
        }

        /** Mean of the samples, rounded down. */
        public long meanMs() {
            return Arrays.stream(ring, 0, count).mapToLong(Sample::millis).sum() / count;
        }

        /** How far they are from the mean on average. */
        public long meanDeviationMs() {
            long mean = meanMs();
            return Arrays.stream(ring, 0, count)
                            .mapToLong(sample -> Math.abs(mean - sample.millis))
                            .sum()
                    / count;
        }
    }

    private final Map<String, Series> events = new LinkedHashMap<>();

    public void add(String event, long seconds, long millis) {
        events.computeIfAbsent(event, name -> new Series()).add(seconds, millis);
    }

    /** In the order in which they first happened. */
    public Map<String, Series> events() {
        return events;
    }

    public @Nullable Series series(String event) {
        return events.get(event);
    }

    /** Forgets all events; returns how many there were. */
    public int clear() {
        int cleared = events.size();
        events.clear();
        return cleared;
    }

    /** Forgets one kind of event, whatever the case of its name; returns how many that were. */
    public int clear(String event) {
        return events.remove(event.toLowerCase(Locale.ROOT)) == null ? 0 : 1;
    }
}
