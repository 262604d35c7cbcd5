package dev.sluice.broker.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.CommandError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files that are cut off or changed: what is wrong is found, costs little, and leaves nothing behind. */
class RdbCorruptionTest {
    private static final RdbLoader.Options UNCHECKED = new RdbLoader.Options(false, false, false);
    private static final long BYTES_MAX = 64L << 20;

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final InMemoryBroker broker = new InMemoryBroker("enable-debug-command", "yes");
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @AfterEach
    void close() {
        broker.close();
    }

    /** All that we write. */
    private byte[] written() {
        for (int i = 0; i < 40; i++) {
            String member = i % 3 == 0 ? Integer.toString(i * 1000) : "member" + i;
            broker.run("RPUSH", "list", member);
            broker.run("SADD", "intset", Long.toString((long) i * i * i - 50));
            broker.run("SADD", "set", member);
            broker.run("ZADD", "zset", Double.toString(random.nextGaussian()), member);
            broker.run("HSET", "hash", member, "value".repeat(i % 5));
        }
        broker.run("SET", "text", "hello", "PX", "100000");
        broker.run("SET", "repeated", "ab".repeat(40_000));
        broker.run("HPEXPIRE", "hash", "100000", "FIELDS", "1", "member1").is("[1]");
        broker.run("HSET", "big", "f", "x".repeat(100));
        broker.run("ZADD", "bigzset", "1.5", "x".repeat(100));
        byte[] file = RdbFiles.write(broker);
        broker.run("FLUSHALL");
        return file;
    }

    /** And what we only read. */
    private static byte[] older() {
        List<byte[]> pairs = List.of("a".getBytes(), "1".getBytes(), "b".getBytes(), "2.5".getBytes());
        byte[] ziplist = PackedForms.string(PackedForms.ziplist(pairs, true));
        byte[] entry = PackedForms.string(new byte[] {9, 0, 0, 0, 1, 0, 5, 1, (byte) 0xff});
        byte[] id = PackedForms.string("0123456789abcdef");
        return RdbFiles.around(
                key(RdbType.HASH_ZIPMAP, PackedForms.string(PackedForms.zipmap(pairs, 3))),
                key(RdbType.LIST_ZIPLIST, ziplist),
                key(RdbType.HASH_ZIPLIST, ziplist),
                key(RdbType.SORTED_SET_ZIPLIST, ziplist),
                key(RdbType.LIST_OF_ZIPLISTS, new byte[] {2}, ziplist, ziplist),
                key(RdbType.SORTED_SET_TEXT, new byte[] {2, 1, 'a', (byte) 255, 1, 'b', 3, '1', '.', '5'}),
                key(RdbType.STREAM, new byte[] {1}, id, entry, new byte[] {1, 2, 3, 1, 1, 'g', 2, 3, 0, 0}),
                new byte[] {(byte) 245, 3, 'a', 'b', 'c'},
                new byte[] {
                    (byte) 247, (byte) 0x81, 1, 2, 3, 4, 5, 6, 7, 8, 2, 1, 5, 1, 'x', 4, 1, 2, 3, 4, 5, 6, 7, 8, 0
                });
    }

    private static byte[] key(int type, byte[]... value) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        out.write(type);
        out.writeBytes(PackedForms.string("key" + type));
        for (byte[] part : value) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private void load(byte[] file, RdbLoader.Options options) {
        try {
            RdbFiles.load(broker.keyspace, new RdbKept(), file, options);
        } finally {
            assertThat(broker.keyspace.bytesUsed()).isLessThan(BYTES_MAX + 10L * file.length);
            for (Database database : broker.keyspace.databases()) {
                database.clear();
            }
        }
    }

    @Test
    void filesThatEndTooEarlyAreRefused() {
        for (byte[] file : List.of(written(), older())) {
            load(file, UNCHECKED);
            for (int length = 0; length < file.length; length++) {
                byte[] shorter = Arrays.copyOf(file, length);
                assertThatExceptionOfType(CorruptRdbException.class)
                        .as("length %d", length)
                        .isThrownBy(() -> load(shorter, UNCHECKED))
                        .satisfies(corrupt -> assertThat(corrupt.offset()).isBetween(0L, (long) shorter.length));
            }
        }
    }

    @Test
    void anyChangedBitIsFound() {
        byte[] file = written();
        for (int i = 0; i < 2_000 * Seeds.scale(); i++) {
            int bit = random.nextInt(8 * file.length);
            byte[] changed = file.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatExceptionOfType(CorruptRdbException.class)
                    .as("sluice.seed=%d bit %d", seed, bit)
                    .isThrownBy(() -> load(changed, RdbLoader.Options.DEFAULTS));
        }
    }

    /** Without a checksum: what is wrong is refused, or makes other keys. */
    @Test
    void hostileFilesDoNoHarm() {
        List<byte[]> files = List.of(written(), older());
        int refused = 0;
        int rounds = 3_000 * Seeds.scale();
        for (int i = 0; i < rounds; i++) {
            byte[] hostile = hostile(files.get(i % 2));
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                load(hostile, UNCHECKED);
            } catch (CorruptRdbException | CommandError refusal) {
                refused++;
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("sluice.seed=%d round %d", seed, i)
                    .isLessThan(BYTES_MAX + 10L * hostile.length);
        }
        assertThat(refused).isBetween(rounds / 10, rounds - rounds / 10);
    }

    private byte[] hostile(byte[] file) {
        byte[] changed = file.clone();
        int flips = random.nextInt(5);
        for (int i = 0; i < flips; i++) {
            int at = 9 + random.nextInt(changed.length - 9);
            changed[at] = (byte) (random.nextBoolean() ? random.nextInt() : 0x80 | random.nextInt(2));
        }
        return changed;
    }

    /** However the bytes arrive, and whether or not it is known how many there are. */
    @Test
    void filesArriveInPiecesOfAnySize() throws IOException {
        List<Integer> steps = new ArrayList<>(List.of(1, 2, 3, 7, 64, 1000));
        byte[] file = written();
        load(file, RdbLoader.Options.DEFAULTS);
        RdbFiles.load(broker.keyspace, new RdbKept(), file, RdbLoader.Options.DEFAULTS);
        String digest = broker.run("DEBUG", "DIGEST").text();
        for (int step : steps) {
            for (long length : new long[] {file.length, RdbInput.UNKNOWN}) {
                broker.run("FLUSHALL");
                RdbInput in = new RdbInput(pieces(file, step), length);
                RdbLoader.load(in, broker.keyspace, new RdbKept(), RdbLoader.Options.DEFAULTS);
                assertThat(broker.run("DEBUG", "DIGEST").text()).isEqualTo(digest);
            }
        }
        for (int length = 0; length < file.length; length += 13) {
            byte[] shorter = Arrays.copyOf(file, length);
            broker.run("FLUSHALL");
            assertThatExceptionOfType(CorruptRdbException.class)
                    .isThrownBy(() -> RdbLoader.load(
                            new ByteArrayInputStream(shorter),
                            RdbInput.UNKNOWN,
                            broker.keyspace,
                            new RdbKept(),
                            RdbLoader.Options.DEFAULTS,
                            bytes -> {}));
        }
    }

    private static RdbInput.Source pieces(byte[] file, int step) {
        int[] at = {0};
        return () -> {
            int from = at[0];
            at[0] = Math.min(file.length, from + step);
            return from == file.length ? null : Arrays.copyOfRange(file, from, at[0]);
        };
    }

    /** A lie about the length of a long string. */
    @Test
    void lengthsAreCheckedBeforeMemoryIsTaken() {
        byte[] raw = RdbFiles.around(key(0, PackedForms.length(1L << 31 - 1), new byte[100]));
        byte[] compressed = RdbFiles.around(key(
                0,
                new byte[] {(byte) RdbInput.LZF},
                PackedForms.length(100),
                PackedForms.length(200_000_000),
                new byte[100]));
        byte[] far = RdbFiles.around(key(
                0,
                new byte[] {(byte) RdbInput.LZF},
                PackedForms.length(3000),
                PackedForms.length(100_000),
                new byte[3000]));
        for (byte[] file : List.of(raw, compressed, far)) {
            long before = threads.getCurrentThreadAllocatedBytes();
            assertThatExceptionOfType(CorruptRdbException.class).isThrownBy(() -> load(file, UNCHECKED));
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2 << 20);
        }
    }
}
