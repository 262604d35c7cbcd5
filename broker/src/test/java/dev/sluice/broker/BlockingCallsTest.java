package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.config.Settings;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;

/** The loops never wait (I8): BlockHound watches them in all tests of this module, with no exceptions of our own. */
class BlockingCallsTest {
    @Test
    void waitingOnTheKeyspaceLoopIsCaught() {
        try (Broker broker = Broker.start(Settings.of(), Ports.any())) {
            assertThatThrownBy(() -> broker.onLoop(() -> {
                        Thread.sleep(1);
                        return true;
                    }))
                    .hasRootCauseInstanceOf(BlockingOperationError.class);
            assertThatThrownBy(() -> broker.onLoop(() -> new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS)))
                    .hasRootCauseInstanceOf(BlockingOperationError.class);
            assertThat(broker.onLoop(() -> 1)).isEqualTo(1);
        }
    }
}
