package dev.sluice.broker.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappingTest {
    private static final long HUGE_PAGE_BYTES = 2 << 20;

    @ParameterizedTest
    @ValueSource(longs = {4096, 1 << 20, 2 << 20, (2 << 20) + 4096, 8 << 20})
    void isClearAndAllThere(long bytes) {
        try (Arena scope = Arena.ofShared()) {
            MemorySegment memory = Mapping.take(bytes, scope);
            assertThat(memory.byteSize()).isEqualTo(bytes);
            Mapping.touch(memory);
            for (long at = 0; at < bytes; at += 8) {
                assertThat(memory.get(JAVA_LONG, at)).isZero();
            }
            memory.fill((byte) 7);
            assertThat(memory.get(JAVA_BYTE, bytes - 1)).isEqualTo((byte) 7);
        }
    }

    @Test
    void beginsWhereAHugePageMay() {
        try (Arena scope = Arena.ofShared()) {
            for (int i = 0; i < 4; i++) {
                assertThat(Mapping.take(HUGE_PAGE_BYTES, scope).address() % HUGE_PAGE_BYTES)
                        .isZero();
            }
        }
    }

    @Test
    void isGoneWithItsScope() {
        Arena scope = Arena.ofShared();
        MemorySegment memory = Mapping.take(4096, scope);
        scope.close();
        assertThatThrownBy(() -> memory.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void moreThanThereIsIsRefused() {
        try (Arena scope = Arena.ofShared()) {
            assertThatThrownBy(() -> Mapping.take(1L << 56, scope)).isInstanceOf(OutOfMemoryError.class);
        }
    }
}
