package dev.sluice.broker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails the test class after which Netty finds a buffer that was never released. JUnit finds this by itself, for all
 * tests of the module (META-INF/services); the level of detection is an option of the test JVM.
 */
public final class LeakExtension implements Extension, AfterAllCallback {
    private static final ConcurrentLinkedQueue<String> LEAKS = new ConcurrentLinkedQueue<>();

    static {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {
            @Override
            @SuppressWarnings("deprecation")
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                    Class<T> resource, int interval, long maxActive) {
                return new Recording<>(resource, interval);
            }
        });
    }

    private static final class Recording<T> extends ResourceLeakDetector<T> {
        Recording(Class<?> resource, int interval) {
            super(resource, interval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resource, String records) {
            LEAKS.add(resource + " was never released. Touched at:" + records);
        }

        @Override
        protected void reportUntracedLeak(String resource) {
            LEAKS.add(resource + " was never released");
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        String name = context.getRequiredTestClass().getPackageName();
        if (name.endsWith(".net") || name.endsWith(".endtoend") || name.endsWith(".broker")) {
            collect(); // only there are buffers of Netty, and collecting takes its time
        }
        List<String> leaks = take();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " leaks, the first one: " + leaks.getFirst());
        }
    }

    /** Lets the collector find what nobody refers to; the detector looks when the next buffer is made. */
    static void collect() {
        System.gc();
        for (int i = 0; i < 8; i++) {
            ByteBuf direct = PooledByteBufAllocator.DEFAULT.directBuffer(16);
            ByteBuf heap = PooledByteBufAllocator.DEFAULT.heapBuffer(16);
            direct.release();
            heap.release();
        }
    }

    static List<String> take() {
        List<String> taken = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            taken.add(leak);
        }
        return taken;
    }
}
