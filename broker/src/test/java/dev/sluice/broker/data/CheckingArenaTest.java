package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CheckingArenaTest {
    private final CheckingArena arena = new CheckingArena();

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    }

    @Test
    void findsAccessBeyondTheEnd() {
        int block = arena.allocate(20);
        arena.putInt(block, 20, 1); // the capacity is 24
        refused(() -> arena.putInt(block, 21, 1), "access to 21+4 of 24 bytes");
        refused(() -> arena.getByte(block, -1), "access to -1+1");
        refused(() -> arena.put(block, 0, new byte[25], 0, 25), "of 24");
        refused(() -> arena.copy(block, 8, block, 0, 17), "of 24");
        refused(() -> arena.compare(block, 0, 25, new byte[25], 0, 25), "of 24");
        refused(() -> arena.equal(block, 24, new byte[1], 0, 1), "of 24");
    }

    @Test
    void findsUseOfWhatIsNotABlock() {
        int block = arena.allocate(20);
        refused(() -> arena.getInt(block + 1, 0), "not in use");
        refused(() -> arena.free(block + 1), "not of this arena");
        refused(() -> arena.capacity(0), "not in use");
        arena.free(block);
        refused(() -> arena.getInt(block, 0), "not in use");
        refused(() -> arena.putInt(block, 0, 1), "not in use");
        refused(() -> arena.free(block), "freed twice");
        refused(() -> arena.shouldMove(block), "not in use");
    }

    @Test
    void findsWhatWasWrittenBehindItsBack() {
        int block = arena.allocate(64);
        arena.free(block);
        arena.extent(block).set(java.lang.foreign.ValueLayout.JAVA_BYTE, (block & Extents.MASK) * 8L + 40, (byte) 1);
        refused(() -> arena.allocate(64), "written after it was freed: block " + Integer.toHexString(block + 5));
    }

    @Test
    void findsLeaks() {
        arena.allocate(1);
        arena.free(arena.allocate(2));
        arena.allocate(3);
        assertThat(arena.liveBlocks()).isEqualTo(2);
        refused(arena::close, "2 blocks were not freed");
    }

    @Test
    void detachingForgetsAllBlocks() {
        int block = arena.allocate(1);
        arena.detach();
        assertThat(arena.liveBlocks()).isZero();
        refused(() -> arena.getByte(block, 0), "not in use");
    }

    @Test
    void newBlocksAreFullOfRubbish() {
        int block = arena.allocate(8);
        assertThat(arena.getLong(block, 0)).isEqualTo(0xa5a5_a5a5_a5a5_a5a5L);
        assertThat(block).isNegative();
    }
}
