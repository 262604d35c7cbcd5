package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.sluice.streams.message.CommandError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExtentPoolTest {
    private static final long MIB = 1 << 20;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final ExtentPool pool = new ExtentPool(64 * MIB, tasks::add);

    @AfterEach
    void close() {
        pool.close();
        runTasks();
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void takesAheadOfNeed() {
        pool.take(256);
        assertThat(pool.bytesHeld()).as("made at once, for nothing was ready").isEqualTo(MIB);
        assertThat(tasks).hasSize(1);
        runTasks();
        pool.take(256);
        assertThat(pool.bytesHeld()).isEqualTo(9 * MIB);
        assertThat(tasks).isEmpty();
        for (int i = 0; i < 6; i++) {
            pool.take(256);
        }
        assertThat(tasks).as("one extent is left of the chunk").hasSize(1);
        pool.take(256);
        assertThat(tasks).as("one chunk at a time").hasSize(1);
        runTasks();
        pool.take(256);
        assertThat(pool.bytesHeld()).isEqualTo(17 * MIB);
        assertThat(pool.bytesReserved()).isEqualTo(10 * MIB);
    }

    @Test
    void usesExtentsAgain() {
        for (int i = 0; i < 1_000; i++) {
            Piece large = pool.take(250);
            Piece small = pool.take(16);
            pool.give(large);
            pool.give(small);
            runTasks();
        }
        assertThat(pool.bytesHeld()).isLessThanOrEqualTo(10 * MIB);
        assertThat(pool.bytesReserved()).isZero();
    }

    @Test
    void closesWhatIsMoreThanASpare() {
        List<Piece> extents = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            extents.add(pool.take(256));
            runTasks();
        }
        extents.forEach(pool::give);
        assertThat(pool.bytesReserved()).isZero();
        assertThat(pool.bytesHeld()).isLessThanOrEqualTo(16 * MIB);
        assertThat(extents.get(20).memory.scope().isAlive())
                .as("until the background closes it")
                .isTrue();
        runTasks();
        assertThat(extents.stream().filter(extent -> extent.memory.scope().isAlive()))
                .as("alive")
                .hasSizeLessThanOrEqualTo(16);
    }

    @Test
    void refusesAboveTheLimit() {
        for (int i = 0; i < 64; i++) {
            pool.take(256);
            runTasks();
        }
        long held = pool.bytesHeld();
        assertThatThrownBy(() -> pool.take(1)).asInstanceOf(type(CommandError.class));
        assertThat(pool.bytesReserved()).isEqualTo(64 * MIB);
        assertThat(pool.bytesHeld()).isEqualTo(held).isLessThanOrEqualTo(72 * MIB);
        pool.maxBytes(65 * MIB);
        pool.take(256);
        pool.maxBytes(1);
        assertThatThrownBy(() -> pool.take(1)).isInstanceOf(CommandError.class);
    }

    @Test
    void whatIsEnsuredIsGivenEvenAboveTheLimit() {
        pool.maxBytes(2 * MIB);
        assertThatThrownBy(() -> pool.ensure(3 * MIB, 3 * MIB)).isInstanceOf(CommandError.class);
        pool.ensure(2 * MIB, 2 * MIB);
        for (int i = 0; i < 3; i++) {
            pool.take(256); // one more than the bytes, for rounding up
        }
        assertThatThrownBy(() -> pool.ensure(1, 1)).isInstanceOf(CommandError.class);
    }

    @Test
    void detachedArenasGoInBites() {
        Arena arena = new Arena(pool);
        for (int i = 0; i < 20; i++) {
            arena.allocate(1_000_000);
        }
        long reserved = pool.bytesReserved();
        assertThat(reserved).isEqualTo(arena.bytesReserved());
        arena.detach();
        assertThat(pool.bytesReserved()).isEqualTo(reserved);
        assertThat(pool.sweep(8)).isTrue();
        assertThat(pool.bytesReserved()).isLessThan(reserved).isPositive();
        while (pool.sweep(8)) {
            assertThat(pool.bytesReserved()).isPositive();
        }
        assertThat(pool.bytesReserved()).isZero();
    }

    @Test
    void whoNeedsMemoryGetsItFromDetachedArenas() {
        pool.maxBytes(24 * MIB);
        for (int round = 0; round < 10; round++) {
            Arena arena = new Arena(pool);
            for (int i = 0; i < 20; i++) {
                arena.allocate(1_000_000);
            }
            arena.detach();
        }
        assertThat(pool.bytesReserved()).isLessThanOrEqualTo(24 * MIB);
    }

    @Test
    void whatArrivesAfterTheEndIsClosed() {
        Piece extent = pool.take(256);
        pool.close();
        assertThat(extent.memory.scope().isAlive()).isFalse();
        assertThat(tasks).hasSize(1);
        runTasks();
        assertThat(pool.bytesHeld()).isZero();
    }

    @Test
    void standaloneKeepsNothingAhead() {
        ExtentPool standalone = ExtentPool.standalone(5 * MIB);
        Piece extent = standalone.take(600);
        assertThat(standalone.bytesHeld()).isEqualTo(600 * 4096);
        standalone.give(extent);
        assertThat(standalone.bytesReserved()).isZero();
    }
}
