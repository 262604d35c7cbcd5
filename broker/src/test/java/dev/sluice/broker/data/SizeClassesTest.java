package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SizeClassesTest {
    @Test
    void aBlockIsLargeEnoughAndHardlyLarger() {
        for (int granules = 1; granules <= SizeClasses.LARGEST_GRANULES; granules++) {
            int size = SizeClasses.granules(SizeClasses.kind(granules));
            assertThat(size).isGreaterThanOrEqualTo(granules);
            assertThat((size - granules) * 8).as("waste of %d", granules).isLessThanOrEqualTo(granules);
            assertThat(granules > 128 || size == granules).isTrue();
            assertThat(SizeClasses.kind(size)).isEqualTo(SizeClasses.kind(granules));
        }
    }

    @Test
    void kindsGoUpOneByOne() {
        int kind = 0;
        for (int granules = 1; granules <= SizeClasses.LARGEST_GRANULES; granules++) {
            int next = SizeClasses.kind(granules);
            assertThat(next).isBetween(kind, kind + 1);
            kind = next;
        }
        assertThat(kind).isEqualTo(168);
    }

    @Test
    void runsEndWithLittleLeftOver() {
        for (int kind = 1; kind <= 168; kind++) {
            int size = SizeClasses.granules(kind);
            for (int wanted = 0; wanted <= 20; wanted++) {
                int pages = SizeClasses.runPages(size, wanted, SizeClasses.RUN_PAGES_MAX);
                int left = pages * SizeClasses.PAGE_GRANULES % size;
                assertThat(pages).isBetween(1, SizeClasses.RUN_PAGES_MAX);
                assertThat(pages * SizeClasses.PAGE_GRANULES).isGreaterThanOrEqualTo(size);
                assertThat(left * 8).as("left over of %d x %d", pages, size).isLessThan(pages * 512);
                assertThat(left).isLessThan(SizeClasses.PAGE_GRANULES);
            }
            assertThat(SizeClasses.runPages(size, 16, SizeClasses.pages(size))).isEqualTo(SizeClasses.pages(size));
        }
    }
}
