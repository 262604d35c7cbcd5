package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PendingBuffersTest {
    private final PendingBuffers buffers = new PendingBuffers();

    @Test
    void whatIsTakenAtOnceLeavesNothing() {
        buffers.add(100, 1024, 0);
        assertThat(buffers.idle(0)).isZero();
    }

    @Test
    void buffersOfSomeSizesAreRoundedUp() {
        assertThat(PendingBuffers.allocated(10_000)).isEqualTo(10_000);
        assertThat(PendingBuffers.allocated(20_000)).isEqualTo(32 * 1024);
        assertThat(PendingBuffers.allocated(64 * 1024)).isEqualTo(64 * 1024);
        assertThat(PendingBuffers.allocated(300_000)).isEqualTo(512 * 1024);
        assertThat(PendingBuffers.allocated(1024 * 1024)).isEqualTo(1024 * 1024);
        assertThat(PendingBuffers.allocated(3_000_000)).isEqualTo(3_000_000);
    }

    @Test
    void buffersGoInOrderAndAsAWhole() {
        buffers.add(100, 1024, 100);
        buffers.add(1000, 1024, 1100);
        buffers.add(500, 1024, 1600);
        assertThat(buffers.idle(1600)).isEqualTo(924 + 24 + 524);
        assertThat(buffers.idle(1501)).isEqualTo(924 + 24 + 524);
        assertThat(buffers.idle(1500)).isEqualTo(24 + 524);
        assertThat(buffers.idle(1)).isEqualTo(524);
        assertThat(buffers.idle(0)).isZero();
    }
}
