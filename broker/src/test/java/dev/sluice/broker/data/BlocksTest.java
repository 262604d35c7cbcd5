package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.CommandError;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlocksTest {
    private final ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    private final Extents extents = new Extents(pool, 1);
    private final Blocks blocks = new Blocks(extents);

    @Test
    void aBlockTakesItsSizeAndNothingElse() {
        Set<Integer> pages = new HashSet<>();
        for (int i = 0; i < 64; i++) {
            pages.add(blocks.allocate(61) >>> Extents.PAGE_SHIFT);
        }
        assertThat(pages).hasSize(1);
        assertThat(blocks.usedBytes()).isEqualTo(4096);
        pages.add(blocks.allocate(61) >>> Extents.PAGE_SHIFT);
        assertThat(pages).hasSize(2);
    }

    @Test
    void figuresAreExact() {
        int[] sizes = {0, 1, 8, 9, 1024, 1025, 32_768, 32_769, 500_000, 600_000, 3_000_000};
        int[] capacities = {8, 8, 8, 16, 1024, 1152, 32_768, 36_864, 503_808, 602_112, 3_002_368};
        long used = 0;
        for (int i = 0; i < sizes.length; i++) {
            int handle = blocks.allocate(sizes[i]);
            assertThat(blocks.capacity(handle)).isEqualTo(capacities[i]);
            used += capacities[i];
            assertThat(blocks.usedBytes()).isEqualTo(used);
        }
        assertThat(extents.reservedBytes()).isEqualTo(pool.bytesReserved());
        assertThat(extents.reservedBytes()).isEqualTo(2 * 65_536 + 503_808 + 602_112 + 3_002_368);
    }

    @Test
    void theBlockFreedLastComesFirst() {
        int a = blocks.allocate(100);
        int b = blocks.allocate(100);
        int stays = blocks.allocate(100);
        blocks.free(a);
        blocks.free(b);
        assertThat(blocks.allocate(100)).isEqualTo(b).isNotEqualTo(stays);
        assertThat(blocks.allocate(100)).isEqualTo(a);
    }

    @Test
    void oneBlockComingAndGoingTakesOneRun() {
        int first = blocks.allocate(100);
        for (int i = 0; i < 100; i++) {
            blocks.free(first);
            assertThat(blocks.allocate(100)).isEqualTo(first);
        }
        assertThat(extents.reservedBytes()).isEqualTo(64 << 10);
    }

    @Test
    void anEmptyRunServesAnotherClass() {
        int a = blocks.allocate(100);
        int other = blocks.allocate(200);
        blocks.free(a);
        blocks.free(other); // now a's run gives its page back
        assertThat(blocks.allocate(300)).isEqualTo(a);
    }

    @Test
    void refusesWhatNobodyCanHave() {
        assertThatThrownBy(() -> blocks.allocate(Integer.MAX_VALUE)).isInstanceOf(CommandError.class);
        assertThatThrownBy(() -> blocks.allocate(-100)).isInstanceOf(IllegalArgumentException.class);
        assertThat(blocks.usedBytes()).isZero();
        assertThat(extents.reservedBytes()).isZero();
    }

    @Test
    void aRunThatIsToLeaveGetsNoBlocks() {
        int[] handles = new int[400_000];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = blocks.allocate(64);
        }
        assertThat(blocks.compact()).as("nothing to gain").isFalse();
        for (int i = 0; i < handles.length; i++) {
            if (i % 10 != 0) {
                blocks.free(handles[i]);
            }
        }
        assertThat(blocks.compact()).isTrue();
        for (int i = 0; i < 1000; i++) {
            assertThat(blocks.shouldMove(blocks.allocate(64))).isFalse();
        }
        int moving = 0;
        for (int i = 0; i < handles.length; i += 10) {
            moving += blocks.shouldMove(handles[i]) ? 1 : 0;
        }
        assertThat(moving).isBetween(25_000, 40_000);
    }
}
