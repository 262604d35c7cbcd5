package dev.sluice.broker.keyspace;

import dev.sluice.broker.seam.Randomness;

/**
 * What the header of a key remembers of its last access, in 24 bits, as Redis does: under an LRU policy the second; under
 * an LFU policy the minute of the last decay (16 bits) and a counter (8 bits) that grows with the logarithm of the number
 * of accesses and decays with time. After a change of the policy old marks are read wrongly until the next access.
 */
public final class AccessClock {
    private static final int MARK_MAX = 0xffffff;
    private static final int LRU_TICK_MS = 1000;
    private static final int LFU_TICK_MS = 60_000;
    private static final int LFU_TICKS = 1 << 16;
    private static final int COUNTER_BITS = 8;
    private static final int COUNTER_MAX = 255;

    /** What a new key's counter begins with, so that it is not evicted before it had a chance. */
    private static final int COUNTER_FIRST = 5;

    private final Randomness randomness;
    private boolean lfu;
    private boolean still;
    private int logFactor = 10;
    private int decayMinutes = 1;
    private int second;
    private int minute;

    AccessClock(Randomness randomness) {
        this.randomness = randomness;
    }

    /**
     * The policy: {@code maxmemory-policy} is an LFU one or not, {@code lfu-log-factor} (how much harder each step of the
     * counter is), {@code lfu-decay-time} (minutes after which it loses one, 0 never).
     */
    public void policy(boolean countsFrequency, int lfuLogFactor, int lfuDecayMinutes) {
        lfu = countsFrequency;
        logFactor = lfuLogFactor;
        decayMinutes = lfuDecayMinutes;
    }

    public boolean countsFrequency() {
        return lfu;
    }

    /** While it stands still, accesses leave no mark: CLIENT NO-TOUCH. */
    public void stand(boolean isStill) {
        still = isStill;
    }

    void now(long ms) {
        second = (int) (ms / LRU_TICK_MS) & MARK_MAX;
        minute = (int) (ms / LFU_TICK_MS) & LFU_TICKS - 1;
    }

    /** The mark of a key that is new. */
    int born() {
        return lfu ? minute << COUNTER_BITS | COUNTER_FIRST : second;
    }

    /** The mark of a key that is accessed. */
    int accessed(int mark) {
        if (still) {
            return mark;
        }
        return lfu ? minute << COUNTER_BITS | increased(frequency(mark)) : second;
    }

    /** The mark of a key that was accessed last so many seconds ago. */
    public int idle(long seconds) {
        return (int) (second - seconds) & MARK_MAX;
    }

    /** The mark of a key with a counter from 0 to 255. */
    public int counted(int frequency) {
        return minute << COUNTER_BITS | frequency;
    }

    /** Seconds since the last access. */
    public long idleSeconds(int mark) {
        return second - mark & MARK_MAX;
    }

    /** The counter, after what it lost since the last access. */
    public int frequency(int mark) {
        int counter = mark & COUNTER_MAX;
        int minutes = minute - (mark >>> COUNTER_BITS) & LFU_TICKS - 1;
        return decayMinutes == 0 ? counter : Math.max(0, counter - minutes / decayMinutes);
    }

    private int increased(int counter) {
        if (counter == COUNTER_MAX) {
            return counter;
        }
        double steps = Math.max(0, counter - COUNTER_FIRST) * (double) logFactor + 1;
        double drawn = (randomness.nextLong() >>> 11) * 0x1p-53;
        return drawn < 1 / steps ? counter + 1 : counter;
    }
}
