package dev.sluice.broker.keyspace;

/**
 * How long a bite of housekeeping may take. A regular one takes {@link Expiry#BITE_NANOS}. While it is behind, a bite may
 * take as long as everybody else had since the one before: where few requests come, bites are short and nobody waits long
 * for the end of one; where there are so many that serving them takes long, bites are as long as that, and keep up. So
 * housekeeping takes half of the time at most. All times are in nanoseconds.
 */
public final class BitePace {
    /** Shorter ones would do little but begin and end. */
    static final long LEAST_NANOS = 50_000;

    private boolean behind;
    private long endedAt;

    /** How long the bite that begins now may take, which is never longer than {@code most}. */
    public long allowance(long now, long most) {
        return Math.min(most, behind ? Math.max(LEAST_NANOS, now - endedAt) : Expiry.BITE_NANOS);
    }

    /** Whether the last bite has asked for the next one, so that no other needs to begin. */
    public boolean isBehind() {
        return behind;
    }

    /** A bite has ended; {@code behind} if it wants the next one as soon as what waits has been served. */
    public void ended(long now, boolean behind) {
        this.behind = behind;
        endedAt = now;
    }
}
