package dev.sluice.clients.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How long two threads have waited for a processor, as Linux counts it ({@code schedstat}): the one that measures, and
 * the busiest of the server. On a machine with few cores a slow reply may be no fault of the server; what its pause was
 * is what remains when this is taken off. Reads two small files a call.
 */
final class CoreWait implements AutoCloseable {
    private final ByteBuffer text = ByteBuffer.allocate(128);
    private final @Nullable FileChannel own;
    private final @Nullable FileChannel server;

    /** To be made and used by the thread that measures. */
    CoreWait(Target target) {
        own = open(Path.of("/proc/thread-self/schedstat"));
        Path busiest = busiestThread(target.pid());
        server = busiest == null ? null : open(busiest.resolve("schedstat"));
    }

    /** Nanoseconds so far; only differences mean anything. 0 where the system does not say. */
    long nanos() {
        return nanos(own) + nanos(server);
    }

    /** The second number of the file: nanoseconds spent ready to run but not running. */
    private long nanos(@Nullable FileChannel file) {
        if (file == null) {
            return 0;
        }
        try {
            file.read(text.clear(), 0);
        } catch (IOException e) {
            return 0;
        }
        text.flip();
        return number(text, 1);
    }

    private static long number(ByteBuffer text, int field) {
        long number = 0;
        int at = 0;
        for (int i = 0; i < text.limit() && at <= field; i++) {
            byte b = text.get(i);
            if (b < '0') {
                at++;
            } else if (at == field) {
                number = number * 10 + (b - '0');
            }
        }
        return number;
    }

    private @Nullable Path busiestThread(long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.max(Comparator.comparingLong(this::running)).orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    /** Nanoseconds that a thread has run. */
    private long running(Path thread) {
        try {
            return number(ByteBuffer.wrap(Files.readAllBytes(thread.resolve("schedstat"))), 0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static @Nullable FileChannel open(Path path) {
        try {
            return FileChannel.open(path);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            if (own != null) {
                own.close();
            }
            if (server != null) {
                server.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
