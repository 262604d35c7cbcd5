package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.CommandError;
import org.junit.jupiter.api.Test;

class ExtentsTest {
    private final ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);

    @Test
    void handlesAreUnsignedAndRunOut() {
        Extents extents = new Extents(pool, Extents.COUNT_MAX - 2);
        assertThat(extents.room()).isEqualTo(1 << 20);
        int first = extents.takeWhole(20, 1);
        int second = extents.takeWhole(20, 2);
        assertThat(first).isNegative();
        assertThat(second >>> Extents.SHIFT).isEqualTo(Extents.COUNT_MAX - 1);
        assertThat(extents.room()).isZero();
        assertThatThrownBy(() -> extents.takeWhole(20, 3)).isInstanceOf(CommandError.class);
        assertThat(pool.bytesReserved()).isEqualTo(extents.reservedBytes()).isEqualTo(40 * 4096);
        extents.give(first, 20);
        assertThat(extents.takeWhole(10, 3)).isEqualTo(first);
    }

    @Test
    void theyGrowWithTheArena() {
        Extents extents = new Extents(pool, 1);
        extents.takeFromNew(1, 1);
        assertThat(extents.reservedBytes()).isEqualTo(16 * 4096);
        long before = 0;
        while (extents.reservedBytes() < 20 << 20) {
            before = extents.reservedBytes();
            extents.takeFromNew(1, 1);
            assertThat(extents.reservedBytes() - before).isLessThanOrEqualTo(Math.max(16 * 4096, before / 8));
        }
        assertThat(extents.reservedBytes() - before).isEqualTo(1 << 20);
    }

    /** Takes extents of 1 MiB from now on. */
    private Extents grown() {
        Extents extents = new Extents(pool, 1);
        extents.takeWhole(2048, 1000);
        return extents;
    }

    @Test
    void aRunGoesWhereItFitsTightest() {
        Extents extents = grown();
        int a = extents.takeFromNew(250, 1);
        int b = extents.takeFromNew(200, 2);
        assertThat(extents.take(5, 3) >>> Extents.SHIFT).isEqualTo(a >>> Extents.SHIFT);
        assertThat(extents.take(8, 4) >>> Extents.SHIFT).isEqualTo(b >>> Extents.SHIFT);
        assertThat(extents.take(60, 5)).isZero();
        assertThat(extents.runOfPage[b >>> Extents.SHIFT][200]).isEqualTo(4);
        assertThat(extents.runOfPage[b >>> Extents.SHIFT][208]).isZero();
    }

    @Test
    void anEmptyExtentGoesBack() {
        Extents extents = grown();
        int a = extents.takeFromNew(10, 1);
        int b = extents.take(10, 2);
        extents.give(a, 10);
        assertThat(pool.bytesReserved()).isEqualTo(9 << 20);
        extents.give(b, 10);
        assertThat(pool.bytesReserved()).isEqualTo(8 << 20);
        assertThat(extents.take(1, 1)).isZero();
    }

    @Test
    void theLeastUsedLeave() {
        Extents extents = grown();
        int[] pages = {200, 10, 150, 30};
        int[] first = new int[4];
        for (int i = 0; i < 4; i++) {
            first[i] = extents.takeFromNew(pages[i], i + 1);
        }
        assertThat(extents.chooseLeaving(10))
                .extracting(extent -> extent.index)
                .containsExactly(first[1] >>> Extents.SHIFT, first[3] >>> Extents.SHIFT);
        assertThat(extents.take(110, 9)).as("no place but in those that leave").isZero();
        extents.give(first[1], 10);
        assertThat(extents.readmitted()).extracting(extent -> extent.index).containsExactly(first[3] >>> Extents.SHIFT);
        assertThat(extents.take(110, 9) >>> Extents.SHIFT).isEqualTo(first[3] >>> Extents.SHIFT);
    }
}
