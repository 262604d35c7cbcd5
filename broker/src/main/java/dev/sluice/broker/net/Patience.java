package dev.sluice.broker.net;

import dev.sluice.broker.seam.Time;
import dev.sluice.broker.seam.Timer;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Throttle;
import dev.sluice.streams.flow.Outbox;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** For how long publishers wait for one subscriber that throttles them: when it is too long, the subscriber goes. */
final class Patience implements Throttle.Full {
    /** The parts of the broker that it takes. */
    record Parts(Throttle throttle, Timer timer, Time time, LongSupplier waitMsMax) {}

    private final Parts parts;
    private final Session.Connection connection;
    private final Outbox<?> outbox;
    private final Runnable giveUp;
    private final LongConsumer waited;
    private @Nullable Disposable alarm;
    private long sinceNanos;

    /**
     * @param giveUp disconnects the subscriber
     * @param waited is told for how many nanoseconds somebody waited
     */
    Patience(Parts parts, Session.Connection connection, Outbox<?> outbox, Runnable giveUp, LongConsumer waited) {
        this.waited = waited;
        this.parts = parts;
        this.connection = connection;
        this.outbox = outbox;
        this.giveUp = giveUp;
    }

    /** The call that runs now has filled the outbox. */
    void full() {
        parts.throttle().add(this);
    }

    @Override
    public Session.Connection connection() {
        return connection;
    }

    @Override
    public Mono<Void> room() {
        if (alarm == null) {
            sinceNanos = parts.time().nanos();
            alarm = parts.timer().after(parts.waitMsMax().getAsLong(), giveUp);
            outbox.room().subscribe(null, null, this::hasRoom);
        }
        return outbox.room();
    }

    private void hasRoom() {
        if (alarm != null) {
            alarm.dispose();
            alarm = null;
            waited.accept(parts.time().nanos() - sinceNanos);
        }
    }
}
