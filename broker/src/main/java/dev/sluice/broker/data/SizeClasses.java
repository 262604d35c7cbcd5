package dev.sluice.broker.data;

/**
 * Sizes of blocks, in granules of 8 bytes. A kind is the number of a size class, from 1: every granule up to 1024 bytes,
 * then 8 steps a doubling up to 32 KiB, so that at most an eighth of a block is not asked for. Above, a block is a
 * number of pages.
 */
final class SizeClasses {
    static final int GRANULE_BYTES = 8;
    static final int PAGE_GRANULES = ExtentPool.PAGE_BYTES / GRANULE_BYTES;
    static final int LARGEST_GRANULES = 4096;
    private static final int EVERY_GRANULE_UP_TO = 128;
    static final int RUN_PAGES_MAX = 16;

    private SizeClasses() {}

    /** The class of a block of 1 to {@link #LARGEST_GRANULES} granules. */
    static int kind(int granules) {
        if (granules <= EVERY_GRANULE_UP_TO) {
            return granules;
        }
        int last = granules - 1;
        int shift = 28 - Integer.numberOfLeadingZeros(last); // leaves the four highest bits
        return EVERY_GRANULE_UP_TO - 7 + ((shift - 4) << 3) + (last >>> shift);
    }

    static int granules(int kind) {
        if (kind <= EVERY_GRANULE_UP_TO) {
            return kind;
        }
        int step = kind - EVERY_GRANULE_UP_TO - 1;
        return (step & 7) + 9 << (step >>> 3) + 4;
    }

    /** Pages that hold a number of granules. */
    static int pages(int granules) {
        return (granules + PAGE_GRANULES - 1) / PAGE_GRANULES;
    }

    /**
     * Pages for a run of blocks of this size: at least {@code wanted}, and so many that less than a sixteenth is left
     * over at the end, unless that takes more than {@code most}. One block fits in any case.
     */
    static int runPages(int granules, int wanted, int most) {
        int best = Math.max(pages(granules), Math.min(wanted, most));
        for (int pages = best + 1; pages <= most && waste(granules, best) * 16 > best * PAGE_GRANULES; pages++) {
            if (waste(granules, pages) * best < waste(granules, best) * pages) {
                best = pages;
            }
        }
        return pages(best * PAGE_GRANULES / granules * granules);
    }

    private static int waste(int granules, int pages) {
        return pages * PAGE_GRANULES % granules;
    }
}
