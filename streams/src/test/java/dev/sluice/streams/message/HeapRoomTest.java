package dev.sluice.streams.message;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class HeapRoomTest {
    @Test
    void whatFitsIsNotRefused() {
        assertThatCode(() -> {
                    HeapRoom.require(0);
                    HeapRoom.require(17 << 20);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void whatDoesNotFitIsRefusedRatherThanTried() {
        assertThatExceptionOfType(CommandError.class)
                .isThrownBy(() -> HeapRoom.require(Runtime.getRuntime().maxMemory()))
                .withMessageStartingWith("OOM ");
    }

    @Test
    void manySmallOnesAreCountedTogether() {
        HeapRoom.Meter meter = new HeapRoom.Meter();
        assertThatCode(() -> {
                    for (int i = 0; i < 1000; i++) {
                        meter.take(1000);
                    }
                })
                .doesNotThrowAnyException();
        assertThatExceptionOfType(CommandError.class)
                .isThrownBy(() -> meter.take(Runtime.getRuntime().maxMemory()));
    }
}
