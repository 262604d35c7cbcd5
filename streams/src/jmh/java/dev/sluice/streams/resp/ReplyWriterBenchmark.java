package dev.sluice.streams.resp;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Random;
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

/** Replies written per second to a pooled direct buffer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
public class ReplyWriterBenchmark {
    private static final int REPLIES = 64;

    @Param({"OK", "INTEGER", "BULK64", "NULL", "DOUBLE", "ERROR", "MIXED", "PACKED100"})
    public String kind = "OK";

    private final ReplyWriter resp2 = new Resp2Writer();
    private final ReplyWriter resp3 = new Resp3Writer();
    private final ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(1 << 20);
    private final Reply[] replies = new Reply[REPLIES];

    @Setup
    public void fill() {
        Random random = new Random(1);
        String[] kinds = {"OK", "INTEGER", "BULK64", "NULL", "DOUBLE"};
        for (int i = 0; i < REPLIES; i++) {
            replies[i] = reply(kind.equals("MIXED") ? kinds[random.nextInt(kinds.length)] : kind, random);
        }
    }

    private static Reply reply(String kind, Random random) {
        return switch (kind) {
            case "OK" -> Reply.ok();
            case "INTEGER" -> Reply.integer(random.nextInt(1_000_000));
            case "BULK64" -> Bytes.of("v".repeat(64));
            case "NULL" -> Reply.Null.STRING;
            case "DOUBLE" -> Reply.decimal(random.nextDouble());
            case "ERROR" -> Reply.error("ERR value is not an integer or out of range");
            default -> {
                Packed packed = Packed.array(3000);
                for (int i = 0; i < 100; i++) {
                    packed.add(Bytes.of("element:" + random.nextInt(1_000_000)));
                }
                yield packed;
            }
        };
    }

    @Benchmark
    @OperationsPerInvocation(REPLIES)
    public int resp2() {
        return write(resp2);
    }

    @Benchmark
    @OperationsPerInvocation(REPLIES)
    public int resp3() {
        return write(resp3);
    }

    private int write(ReplyWriter writer) {
        out.clear();
        for (Reply reply : replies) {
            writer.write(reply, out);
        }
        return out.writerIndex();
    }

    @TearDown
    public void release() {
        out.release();
        for (Reply reply : replies) {
            reply.release();
        }
    }
}
