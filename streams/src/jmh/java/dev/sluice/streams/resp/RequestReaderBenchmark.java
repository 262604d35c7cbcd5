package dev.sluice.streams.resp;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Requests read per second, from pooled direct buffers as they come from a socket. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
public class RequestReaderBenchmark {
    private static final int REQUESTS = 64;

    @Param({"GET", "SET", "MSET10", "INLINE"})
    public String kind = "GET";

    private final RequestReader reader = new RequestReader(new Scratch(), RequestLimits.DEFAULT);
    private ByteBuf whole = PooledByteBufAllocator.DEFAULT.directBuffer();
    private ByteBuf[] pieces = {};

    @Setup
    public void fill() {
        for (int i = 0; i < REQUESTS; i++) {
            if (kind.equals("INLINE")) {
                whole.writeBytes(("GET key:" + (100_000_000 + i) + "\r\n").getBytes());
            } else {
                RequestWriter.write(request(i), whole);
            }
        }
        int third = whole.readableBytes() / 3;
        pieces = new ByteBuf[] {
            whole.slice(0, third), whole.slice(third, third), whole.slice(2 * third, whole.readableBytes() - 2 * third)
        };
    }

    private Request request(int i) {
        String key = "key:" + (100_000_000 + i);
        return switch (kind) {
            case "GET" -> Request.of("GET", key);
            case "SET" -> Request.of("SET", key, "v".repeat(64));
            default -> {
                Bytes[] words = new Bytes[21];
                words[0] = Bytes.of("MSET");
                for (int j = 1; j < words.length; j++) {
                    words[j] = Bytes.of(j % 2 == 1 ? key : "v".repeat(16));
                }
                yield new Request(words);
            }
        };
    }

    /** A batch of 64 requests in one buffer. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public void whole(Blackhole blackhole) {
        feed(whole, blackhole);
    }

    /** The same in three buffers, which cut two requests. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public void split(Blackhole blackhole) {
        for (ByteBuf piece : pieces) {
            feed(piece, blackhole);
        }
    }

    private void feed(ByteBuf in, Blackhole blackhole) {
        in.readerIndex(0);
        reader.feed(in);
        for (Request request = reader.next(); request != null; request = reader.next()) {
            blackhole.consume(request);
        }
    }

    @TearDown
    public void release() {
        whole.release();
    }
}
