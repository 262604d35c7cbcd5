package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeakExtensionTest {
    @Test
    void aBufferThatIsForgottenIsFound() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        forget();
        List<String> leaks = new ArrayList<>();
        await().until(() -> {
            LeakExtension.collect();
            leaks.addAll(LeakExtension.take());
            return !leaks.isEmpty();
        });
        assertThat(leaks).singleElement().asString().contains("forget");
    }

    private static void forget() {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(100);
        buffer.writeByte(1);
    }
}
