package dev.sluice.broker.keyspace;

import dev.sluice.broker.seam.Time;
import java.util.ArrayList;
import java.util.List;

/**
 * Housekeeping of keys, in bites: removes those whose time has come, gives unlinked values back, merges sparse segments
 * of the tables, and moves blocks together where an arena is fragmented. All databases are walked at once, a few keys of
 * each in turn, each from where the bite before stopped.
 *
 * <p>What share of the keys it meets are dead tells how long ago it last came by, relative to how fast they die. Up to
 * {@link #SHARE_TOLERATED} it is enough to bite now and then; above, a bite asks for the next one at once. The keys behind
 * the walk are cleaner than those before it, so the whole table has fewer dead ones than that.
 */
public final class Expiry {
    /** What a bite takes while it is not behind; see {@link BitePace}. */
    public static final long BITE_NANOS = 200_000;

    private static final double SHARE_TOLERATED = 0.05;
    private static final double SHARE_WEIGHT = 0.25; // of the newest sample in the mean
    private static final int STEP_ENTRIES = 32;
    private static final int STEP_SEGMENTS = 8;
    private static final int PACK_STEPS = 4; // of up to 10 microseconds

    private final Keyspace keyspace;
    private final Time time;
    private final List<Walk> walks = new ArrayList<>();
    private boolean active = true;

    public Expiry(Keyspace keyspace, Time time) {
        this.keyspace = keyspace;
        this.time = time;
        for (int i = 0; i < keyspace.databases().size(); i++) {
            walks.add(new Walk());
        }
    }

    /** Whether keys are removed here at all, or only by whoever comes across them. The rest of the work goes on. */
    public void active(boolean on) {
        active = on;
    }

    /**
     * Works until {@code deadlineNanos} on the clock {@link Time#nanos}, or until it has been everywhere once. Returns
     * whether it is behind and wants the next bite as soon as what waits has been served; otherwise a tenth of a second
     * later is soon enough. Freezes the time of the keyspace at {@code nowMs}.
     */
    public boolean bite(long nowMs, long deadlineNanos) {
        keyspace.begin(nowMs, false);
        walks.forEach(Walk::begin);
        boolean busy = true;
        while (busy && time.nanos() - deadlineNanos < 0) {
            busy = false;
            for (int i = 0; i < walks.size(); i++) {
                busy |= walks.get(i).step(keyspace.database(i), keyspace.expiryPaused() || !active);
            }
        }
        boolean behind = false;
        for (int i = 0; i < walks.size(); i++) {
            behind |= walks.get(i).end(keyspace.database(i));
        }
        return busy && behind;
    }

    /** What share of the keys with a time to live were dead when they were last looked at: the mean of all databases. */
    public double staleShare() {
        double sum = 0;
        int walked = 0;
        for (int i = 0; i < walks.size(); i++) {
            if (keyspace.database(i).keysWithExpiry() > 0) {
                sum += walks.get(i).share;
                walked++;
            }
        }
        return walked == 0 ? 0 : sum / walked;
    }

    /** Where the walk through one database is. */
    private static final class Walk {
        private long position;
        private long walked; // positions passed in this bite; all of them when END
        private int seen;
        private int dead;
        private double share;
        private boolean packs;
        private long packCursor; // in the value at the position
        private boolean packed;
        private boolean unlinked;
        private boolean membersDue;
        private long fetched; // so that the reading is not optimized away

        void begin() {
            walked = 0;
            seen = 0;
            dead = 0;
            packed = false;
        }

        /** Returns whether there is more to do. */
        boolean step(Database database, boolean paused) {
            Entries entries = database.entries();
            unlinked = entries.freeUnlinked();
            membersDue = !paused && entries.dropDueMembers();
            for (int i = 0; i < STEP_SEGMENTS && walked < Table.END; i++) {
                if (advance(database, paused) > 0) {
                    break;
                }
            }
            return unlinked || membersDue || walked < Table.END;
        }

        /** Returns whether this database should not wait for the next regular bite. */
        boolean end(Database database) {
            if (seen > 0) {
                share += ((double) dead / seen - share) * SHARE_WEIGHT;
            }
            return unlinked
                    || membersDue
                    || walked < Table.END
                            && (share > SHARE_TOLERATED
                                    || packed && database.packing().isBadlyFragmented());
        }

        private int advance(Database database, boolean paused) {
            Entries entries = database.entries();
            Table table = entries.table();
            if (position == 0 && packCursor == 0) {
                packs = database.packing().begins();
            }
            int found = table.gather(position, STEP_ENTRIES, !packs);
            long next = table.next();
            fetch(entries, found);
            for (int i = 0; i < found; i++) {
                int entry = table.gathered(i);
                if (!paused && entries.hasTimeToLive(entry)) {
                    seen++;
                    if (entries.expireIfDue(entry)) {
                        dead++;
                        continue;
                    }
                }
                if (packs && !packs(database.packing(), entry)) {
                    goTo(entries.position(entry)); // there is more of the same value
                    return found;
                }
            }
            table.tidy(position);
            packCursor = 0;
            goTo(next);
            return found;
        }

        /** Reads the beginnings of all: the processor waits for all of them at once. See {@link Database#fetch}. */
        private void fetch(Entries entries, int found) {
            long sum = 0;
            for (int i = 0; i < found; i++) {
                sum += Entry.header(entries.arena(), entries.table().gathered(i));
            }
            fetched = sum;
        }

        /** Returns whether that was all of the entry. */
        private boolean packs(EntryPacking packing, int entry) {
            packCursor = packing.packValue(entry, packCursor, PACK_STEPS);
            if (packCursor != 0) {
                packed = true;
                return false;
            }
            packed |= packing.pack(entry);
            return true;
        }

        private void goTo(long next) {
            walked += next - position;
            position = next == Table.END ? 0 : next;
        }
    }
}
