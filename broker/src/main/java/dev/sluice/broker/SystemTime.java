package dev.sluice.broker;

import dev.sluice.broker.seam.Time;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The clocks of the machine. */
final class SystemTime implements Time {
    @Override
    public long epochMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long epochMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }
}
