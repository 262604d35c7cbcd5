package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChainTest {
    private static final int CHUNK = Chain.CHUNK_BYTES;
    private static final int[] LENGTHS = {1, 250, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7};

    private final RefusingArena arena = new RefusingArena();

    @AfterEach
    void closeArena() {
        assertThat(arena.bytesUsed()).isZero();
        arena.close();
    }

    @Test
    void whatIsStoredComesBack() {
        for (int length : LENGTHS) {
            byte[] member = member(length);
            int block = Chain.allocate(arena, member, 0, length);
            assertThat(Chain.copy(arena, block, length)).isEqualTo(member);
            assertThat(Chain.bytes(arena, block)).isEqualTo(arena.bytesUsed());
            Chain.free(arena, block);
        }
    }

    @Test
    void twoStringsAreStoredAsOne() {
        for (int first : LENGTHS) {
            for (int second : LENGTHS) {
                byte[] both = member(first + second);
                int block = Chain.allocate(arena, Bytes.view(both, 0, first), Bytes.view(both, first, second));
                assertThat(Chain.copy(arena, block, both.length)).isEqualTo(both);
                Chain.free(arena, block);
            }
        }
    }

    @Test
    void comparesAsMemcmp() {
        for (int length : LENGTHS) {
            int block = Chain.allocate(arena, member(length), 0, length);
            for (int otherLength : LENGTHS) {
                compare(block, length, member(otherLength));
                for (int at : new int[] {0, CHUNK - 1, CHUNK, otherLength - 1}) {
                    if (at < otherLength) {
                        byte[] other = member(otherLength);
                        other[at]++;
                        compare(block, length, other);
                        other[at] -= 2;
                        compare(block, length, other);
                    }
                }
            }
            Chain.free(arena, block);
        }
    }

    private void compare(int block, int length, byte[] other) {
        byte[] padded = new byte[other.length + 5];
        System.arraycopy(other, 0, padded, 5, other.length);
        assertThat(Integer.signum(Chain.compare(arena, block, length, padded, 5, other.length)))
                .isEqualTo(Integer.signum(Arrays.compareUnsigned(member(length), other)));
    }

    @Test
    void aRefusalFreesWhatWasTaken() {
        arena.allocationsLeft = 3;
        byte[] member = member(3 * CHUNK + 7);
        assertThatThrownBy(() -> Chain.allocate(arena, member, 0, member.length))
                .isInstanceOf(CommandError.class);
    }

    private static byte[] member(int length) {
        byte[] member = new byte[length];
        for (int i = 0; i < length; i++) {
            member[i] = (byte) (i * 31 >> 3);
        }
        return member;
    }
}
