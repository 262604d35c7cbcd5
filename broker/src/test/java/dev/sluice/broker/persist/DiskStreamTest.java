package dev.sluice.broker.persist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.SimulatedDisk;
import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DiskStreamTest {
    private final SimulatedDisk disk = new SimulatedDisk("/d");

    @Test
    void forcesAgainAndAgain() throws IOException {
        try (Disk.Output file = disk.create("/d/f")) {
            DiskStream stream = new DiskStream(file, 1_000, () -> false);
            long before = disk.forces();
            for (int i = 0; i < 10; i++) {
                stream.write(new byte[500], 0, 500);
            }
            assertThat(disk.forces() - before).isEqualTo(5);
        }
    }

    @Test
    void keepsItsPaceWhileItMay() throws IOException {
        AtomicLong nanos = new AtomicLong();
        AtomicLong waits = new AtomicLong();
        Time clock = new Time() {
            @Override
            public long epochMillis() {
                return 0;
            }

            @Override
            public long nanos() {
                return nanos.get();
            }
        };
        try (Disk.Output file = disk.create("/d/f")) {
            DiskStream stream = new DiskStream(file, Long.MAX_VALUE, () -> false);
            stream.slowDown(1_000_000, clock, () -> {
                waits.incrementAndGet();
                nanos.addAndGet(1_000_000);
                return true;
            });
            stream.write(new byte[10_000], 0, 10_000);
            assertThat(waits).as("10 ms in steps of one").hasValue(10);
            nanos.set(20_000_000);
            stream.write(new byte[10_000], 0, 10_000);
            assertThat(waits).as("it is behind already").hasValue(10);
            stream.slowDown(1, clock, () -> false);
            stream.write(new byte[10_000], 0, 10_000);
        }
        assertThat(disk.read("/d/f")).hasSize(30_000);
    }
}
