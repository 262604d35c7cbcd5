package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.CommandError;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RopeTest {
    private final Random random = new Random(7);
    private final ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    private final CheckingArena arena = new CheckingArena(pool);

    @AfterEach
    void nothingLeaks() {
        arena.close();
    }

    @Test
    void holdsWhatWasStored() {
        for (int length : new int[] {0, 1, Rope.PAGE_BYTES - 1, Rope.PAGE_BYTES, Rope.PAGE_BYTES + 1, 1_000_000}) {
            byte[] bytes = bytes(length + 3);
            Rope rope = Rope.of(arena, bytes, 3, length);
            assertThat(rope.length()).isEqualTo(length);
            assertThat(content(rope)).isEqualTo(Arrays.copyOfRange(bytes, 3, bytes.length));
            assertThat(rope.contentEquals(bytes, 3, length)).isTrue();
            assertThat(rope.contentEquals(bytes, 2, length)).isEqualTo(length == 0);
            assertThat(rope.contentEquals(bytes, 3, length - 1)).isFalse();
            assertThat(rope.bytesUsed()).isBetween((long) length, length + length / 8 + 512L);
            rope.free();
        }
    }

    @Test
    void copiesAnyPart() {
        byte[] bytes = bytes(200_000);
        Rope rope = Rope.of(arena, bytes, 0, bytes.length);
        for (int i = 0; i < 1000; i++) {
            int from = random.nextInt(bytes.length);
            int count = random.nextInt(bytes.length - from + 1);
            byte[] part = new byte[count + 2];
            rope.copyTo(from, part, 1, count);
            assertThat(Arrays.equals(part, 1, count + 1, bytes, from, from + count))
                    .isTrue();
        }
        rope.free();
    }

    @Test
    void appendsInPlace() {
        byte[] whole = bytes(10);
        Rope rope = Rope.of(arena, whole, 0, whole.length);
        for (int i = 0; i < 60; i++) {
            byte[] tail = bytes(random.nextInt(i % 10 == 0 ? 300_000 : 3_000));
            rope = rope.append(tail, 0, tail.length);
            int length = whole.length;
            whole = Arrays.copyOf(whole, length + tail.length);
            System.arraycopy(tail, 0, whole, length, tail.length);
            assertThat(content(rope)).isEqualTo(whole);
        }
        rope.free();
    }

    @Test
    void isExtendedAndOverwrittenInPlace() {
        Rope rope = Rope.zeros(arena, 40_000);
        byte[] whole = new byte[40_000];
        for (int i = 0; i < 60; i++) {
            if (i % 3 == 0) {
                whole = Arrays.copyOf(whole, whole.length + random.nextInt(100_000));
                rope = rope.extend(whole.length);
            }
            byte[] part = bytes(random.nextInt(40_000));
            int at = random.nextInt(whole.length - part.length + 1);
            rope.put(at, part, 0, part.length);
            System.arraycopy(part, 0, whole, at, part.length);
            assertThat(content(rope)).isEqualTo(whole);
        }
        rope.free();
    }

    @Test
    void isMadeOfPieces() {
        byte[] bytes = bytes(100_001);
        byte[] piece = new byte[Rope.PAGE_BYTES + 7];
        Rope rope = Rope.of(arena, bytes.length, (from, count) -> {
            System.arraycopy(bytes, from, piece, 0, count);
            return piece;
        });
        assertThat(content(rope)).isEqualTo(bytes);
        rope.free();
    }

    @Test
    void aFullArenaLeavesTheRopeAsItWas() {
        ExtentPool small = ExtentPool.standalone(1 << 20);
        CheckingArena full = new CheckingArena(small);
        byte[] bytes = bytes(100_000);
        assertThatThrownBy(() -> Rope.of(full, new byte[2_000_000], 0, 2_000_000))
                .isInstanceOf(CommandError.class);
        assertThat(full.liveBlocks()).isZero();
        Rope rope = Rope.of(full, bytes, 0, bytes.length);
        int blocks = full.liveBlocks();
        assertThatThrownBy(() -> rope.append(new byte[2_000_000], 0, 2_000_000)).isInstanceOf(CommandError.class);
        assertThatThrownBy(() -> rope.extend(2_000_000)).isInstanceOf(CommandError.class);
        assertThatThrownBy(() -> Rope.zeros(full, 2_000_000)).isInstanceOf(CommandError.class);
        assertThatThrownBy(() -> Rope.of(full, 2_000_000, (from, count) -> new byte[count]))
                .isInstanceOf(CommandError.class);
        assertThat(full.liveBlocks()).isEqualTo(blocks);
        assertThat(content(rope)).isEqualTo(bytes);
        rope.free();
        full.close();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] content(Rope rope) {
        byte[] copy = new byte[rope.length()];
        rope.copyTo(0, copy, 0, copy.length);
        return copy;
    }
}
