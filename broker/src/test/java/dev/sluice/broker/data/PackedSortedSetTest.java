package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PackedSortedSetTest {
    private final RefusingArena arena = new RefusingArena();
    private final Root root = arena.newRoot();
    private final long atStart = arena.bytesUsed();
    private final SortedSet set =
            new SortedSet(root, new ListpackSettings(1_000_000, 1_000_000, ListpackSettings.hash(1, 2)));

    @AfterEach
    void closeArena() {
        arena.close();
    }

    @Test
    void theBlockIsBounded() {
        for (int i = 0; set.encoding().equals("listpack"); i++) {
            set.put(Bytes.of("member " + i), i);
            assertThat(arena.bytesUsed() - atStart).isLessThan(2L * PackedSortedSet.BYTES_MAX);
        }
        assertThat(set.size()).isBetween(1_000L, 3_000L);
    }

    @Test
    void aMemberMayFillTheBlock() {
        Bytes member = Bytes.of("m".repeat(PackedSortedSet.BYTES_MAX - 10));
        set.put(member, 3);
        assertThat(set.encoding()).isEqualTo("listpack");
        assertThat(set.score(member)).isEqualTo(3);
        set.put(Bytes.of("other"), 1);
        assertThat(set.encoding()).isEqualTo("skiplist");
        assertThat(set.rank(member)).isEqualTo(1);
    }

    @Test
    void theBlockGrowsWithWhatItHolds() {
        for (int i = 0; i < 128; i++) {
            set.put(Bytes.of("member " + i), i);
        }
        assertThat(arena.bytesUsed() - atStart).isLessThan(128 * 20 * 3 / 2);
        set.removeRange(2, 127);
        set.put(Bytes.of("another"), 1);
        assertThat(arena.bytesUsed() - atStart).isLessThan(200);
        set.removeRange(0, 2);
        assertThat(arena.bytesUsed()).isEqualTo(atStart);
    }

    @Test
    void lengthsOfOneAndTwoBytesAreRead() {
        for (int length : new int[] {300, 127, 0, 128, 129, 1, 256, 255}) {
            set.put(Bytes.of("m".repeat(length)), 1);
        }
        long rank = 0;
        for (int length : new int[] {0, 1, 127, 128, 129, 255, 256, 300}) {
            assertThat(set.rank(Bytes.of("m".repeat(length)))).isEqualTo(rank++);
        }
        assertThat(set.remove(Bytes.of("m".repeat(128)))).isTrue();
        assertThat(set.rank(Bytes.of("m".repeat(300)))).isEqualTo(6);
    }
}
