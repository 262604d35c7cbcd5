package dev.sluice.broker;

import dev.sluice.broker.seam.Time;

/** The clocks of the machine. */
final class SystemTime implements Time {
    @Override
    public long epochMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }
}
