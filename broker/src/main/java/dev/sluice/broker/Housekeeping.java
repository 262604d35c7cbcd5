package dev.sluice.broker;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.dispatch.Dispatcher;
import dev.sluice.broker.dispatch.KeyspaceLoop;
import dev.sluice.broker.keyspace.BitePace;
import dev.sluice.broker.keyspace.Eviction;
import dev.sluice.broker.keyspace.Expiry;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.session.ClientMemory;
import dev.sluice.broker.session.TrackingTable;
import java.util.concurrent.Executor;

/**
 * What the broker does by itself, again and again: expiry, eviction, limits of clients, save points, figures. In bites
 * on the keyspace loop, between the turns that serve clients.
 */
final class Housekeeping {
    static final int EXTENTS_A_SWEEP = 64;
    private static final long PERIOD_MS = 10;
    private static final long SAMPLE_MS = 100;
    private static final long PROCESS_LOOK_MS = 1000;

    /**
     * What it keeps in order.
     *
     * @param background looks at the process, which may wait for the operating system
     */
    record Parts(
            Settings settings,
            Time time,
            KeyspaceLoop loop,
            Dispatcher dispatcher,
            TrackingTable tracking,
            ClientMemory clients,
            ExtentPool extents,
            Storage storage,
            Observation observation,
            Figures figures,
            LocalProcess process,
            Executor background) {}

    private final Parts parts;
    private final Expiry expiry;
    private final BitePace pace = new BitePace();
    private boolean evicting; // the next bite of it has been asked for
    private boolean on = true;

    Housekeeping(Parts parts, Expiry expiry) {
        this.parts = parts;
        this.expiry = expiry;
    }

    /** Begins; it ends with the loop. */
    void begin() {
        parts.loop.onLag(nanos -> parts.observation.latencyEvent("loop-lag", nanos));
        parts.loop.every(PERIOD_MS, this::keepHouse);
        parts.process.look();
        parts.loop.execute(parts.process::loopIsHere);
        parts.loop.every(SAMPLE_MS, this::sample);
        parts.loop.every(PROCESS_LOOK_MS, () -> parts.background.execute(parts.process::look));
    }

    /** Whether there is any, for DEBUG; figures are kept all the same. */
    void on(boolean whether) {
        on = whether;
    }

    /** Whether keys whose time has come are removed although nobody asks for them. */
    void activeExpiry(boolean whether) {
        expiry.active(whether);
    }

    private void keepHouse() {
        if (!on || parts.storage.isLoading()) {
            return;
        }
        if (!pace.isBehind()) {
            bite();
        }
        if (!evicting) {
            evict();
        }
        parts.tracking.limit();
        parts.extents.sweep(EXTENTS_A_SWEEP);
    }

    private void sample() {
        if (on) {
            parts.clients.look();
            parts.storage.look();
        }
        parts.figures.sample();
    }

    /** A bite of expiry; while it lags behind, another one as soon as what waits has been served. */
    private void bite() {
        parts.dispatcher.housekeeping(() -> {
            long start = parts.time.nanos();
            long allowed = pace.allowance(start, parts.settings.number(Setting.HOUSEKEEPING_US_MAX) * 1000);
            boolean behind = false; // if it fails the next one comes in its time
            long end;
            try {
                behind = expiry.bite(parts.time.epochMillis(), start + allowed);
            } finally {
                end = parts.time.nanos();
                pace.ended(end, behind);
            }
            if (behind) {
                parts.loop.nextTurn(this::bite);
            }
            parts.figures.expired(end - start, allowed, expiry.staleShare());
            parts.observation.latencyEvent("expire-cycle", end - start);
        });
    }

    /** A bite of eviction; while it has more to do, another one as soon as what waits has been served. */
    private void evict() {
        evicting = false; // also if it fails
        if (parts.dispatcher.makeRoom() == Eviction.Outcome.BUSY) {
            evicting = true;
            parts.loop.nextTurn(this::evict);
        }
    }
}
