package dev.sluice.broker.persist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.QueuedTurns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotFileTest {
    private final InMemoryBroker broker = new InMemoryBroker("dir", "/data");
    private final QueuedTurns turns = new QueuedTurns(broker.time);
    private final List<Runnable> onDisk = new ArrayList<>();
    private final List<String> outcomes = new ArrayList<>();

    @AfterEach
    void close() {
        broker.close();
    }

    private SnapshotFile file(long queuedBytesMax, Consumer<Boolean> hold) {
        RdbKept kept = new RdbKept();
        SnapshotFile.Way way = new SnapshotFile.Way(
                "/data/temp",
                "/data/dump.rdb",
                new RdbForm(
                        RdbHeader.of(broker.keyspace, kept, "7.0.15", "0", 0, false),
                        kept,
                        RdbRecords.Access.NOTHING,
                        true,
                        true),
                true,
                false,
                1_000_000,
                0,
                0,
                queuedBytesMax,
                hold);
        return new SnapshotFile(broker.keyspace, broker.disk, broker.time, turns, way, this::done);
    }

    private void done(@Nullable IOException failure) {
        outcomes.add(failure == null ? "written" : failure.getMessage());
    }

    private void fill() {
        for (int i = 0; i < 100; i++) {
            broker.run("SET", "k" + i, "v".repeat(50) + i);
        }
        for (int i = 0; i < 20_000; i++) {
            broker.run("SADD", "large", "a member of a set " + i);
        }
    }

    private void nothingIsLeft() throws IOException {
        assertThat(broker.disk.list("/data")).isEmpty();
        assertThat(broker.keyspace.snapshot()).isNull();
        broker.extents.sweep(Integer.MAX_VALUE);
        assertThat(broker.extents.bytesFrozen()).isZero();
        broker.run("FLUSHALL");
        broker.extents.purge();
        assertThat(broker.extents.bytesReserved()).isZero();
    }

    /** For want of memory, for instance. */
    @Test
    void aRecordThatCannotBeMadeEndsTheSnapshotAndLeavesNothing() throws IOException {
        fill();
        for (int i = 0; i < 100; i++) {
            broker.run("SET", "s" + i, Integer.toString(i).repeat(20_000));
        }
        List<Boolean> held = new ArrayList<>();
        SnapshotFile file = file(100_000, on -> {
            held.add(on);
            if (on) {
                throw new IllegalStateException("no room");
            }
        });
        file.begin(onDisk::add);
        turns.run();
        onDisk.removeFirst().run();
        turns.run();
        assertThat(outcomes).containsExactly("internal error: java.lang.IllegalStateException: no room");
        assertThat(held).as("nobody is held any more").containsExactly(true, false);
        nothingIsLeft();
    }

    @Test
    void theRestIsNotWrittenOnceItIsGivenUp() throws IOException {
        fill();
        SnapshotFile file = file(1 << 26, on -> {});
        file.begin(onDisk::add);
        turns.run();
        assertThat(broker.extents.bytesFrozen() + file.queuedBytes()).isPositive();
        long before = broker.disk.writes();
        file.abort();
        onDisk.removeFirst().run();
        turns.run();
        assertThat(broker.disk.writes()).isEqualTo(before);
        assertThat(outcomes).containsExactly("given up");
        nothingIsLeft();
    }

    @Test
    void itIsThereAtTheEnd() throws IOException {
        fill();
        SnapshotFile file = file(1 << 26, on -> {});
        file.begin(onDisk::add);
        turns.run();
        onDisk.removeFirst().run();
        turns.run();
        file.abort(); // too late
        turns.run();
        assertThat(outcomes).containsExactly("written");
        assertThat(broker.disk.list("/data")).containsExactly("dump.rdb");
    }
}
