package dev.sluice.broker.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files that {@link RdbWriter} wrote, or that were put together here. */
class RdbLoaderTest {

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final InMemoryBroker broker = new InMemoryBroker("enable-debug-command", "yes");
    private final SampleValues values = new SampleValues(broker, random);
    private final List<InMemoryBroker> others = new ArrayList<>();

    @AfterEach
    void close() {
        broker.close();
        others.forEach(InMemoryBroker::close);
    }

    private InMemoryBroker other(String... settings) {
        InMemoryBroker other = new InMemoryBroker(java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("enable-debug-command", "yes"), java.util.Arrays.stream(settings))
                .toArray(String[]::new));
        others.add(other);
        return other;
    }

    /** Keys of all types and encodings, in two databases, some with a time to live, some with members that expire. */
    private void fill() {
        values.fill();
        broker.run("SET", "noise", noise(70_000));
        broker.run("PEXPIRE", "text", "100000");
        broker.run("PEXPIRE", "hash600", "200000");
        broker.run("SELECT", "9");
        values.collections(7);
        broker.run("SELECT", "0");
    }

    private String noise(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) (' ' + random.nextInt(95)));
        }
        return text.toString();
    }

    private static String digest(InMemoryBroker broker) {
        return broker.run("DEBUG", "DIGEST").text();
    }

    @Test
    void whatWasWrittenComesBack() {
        fill();
        byte[] file = RdbFiles.write(broker);
        InMemoryBroker other = other();
        RdbLoader.Loaded loaded = RdbFiles.load(other, file);
        assertThat(digest(other)).isEqualTo(digest(broker));
        assertThat(loaded.keys())
                .isEqualTo(broker.keyspace.database(0).size()
                        + broker.keyspace.database(9).size());
        assertThat(loaded.bytes()).isEqualTo(file.length);
        assertThat(loaded.isChecked()).isTrue();
        other.run("PTTL", "text").is(100_000);
        for (String key : List.of("hash10", "hash5000", "set600", "zset10", "zset600")) {
            String letter = key.substring(0, 1).toUpperCase(java.util.Locale.ROOT);
            String word = letter.equals("H") ? "FIELDS" : "MEMBERS";
            other.run(letter + "PTTL", key, word, "4", "0", "member1", "member2", "member4")
                    .is("[100000, 100000, 200000, -1]");
        }
    }

    /** Large enough for some pieces, in which the end of a string and the checksum lie anywhere. */
    @Test
    void anotherThreadMayReadAhead() throws java.io.IOException {
        for (int i = 0; i < 50; i++) {
            broker.run("SET", "k" + i, noise(random.nextInt(60_000)));
            broker.run("RPUSH", "l", noise(random.nextInt(1 << random.nextInt(20))));
        }
        broker.run("SET", "long", noise(1_000_000));
        byte[] file = RdbFiles.write(broker);
        byte[] longer = java.util.Arrays.copyOf(file, file.length + 3_000_000);
        for (byte[] content : List.of(file, longer)) {
            InMemoryBroker other = other();
            RdbLoader.Loaded loaded = RdbLoader.load(
                    new java.io.ByteArrayInputStream(content),
                    content.length,
                    other.keyspace,
                    new RdbKept(),
                    RdbLoader.Options.DEFAULTS,
                    bytes -> {},
                    task -> Thread.ofVirtual().start(task));
            assertThat(loaded.isChecked()).as("sluice.seed=%d", seed).isTrue();
            assertThat(loaded.bytes()).isEqualTo(file.length);
            assertThat(digest(other)).isEqualTo(digest(broker));
        }
    }

    @Test
    void aReaderAheadThatFails() {
        byte[] file = RdbFiles.write(broker);
        java.io.InputStream failing = new java.io.SequenceInputStream(
                new java.io.ByteArrayInputStream(file, 0, 20), new java.io.InputStream() {
                    @Override
                    public int read() throws java.io.IOException {
                        throw new java.io.IOException("Input/output error");
                    }
                });
        assertThatExceptionOfType(java.io.IOException.class)
                .isThrownBy(() -> RdbLoader.load(
                        failing,
                        file.length,
                        other().keyspace,
                        new RdbKept(),
                        RdbLoader.Options.DEFAULTS,
                        bytes -> {},
                        task -> Thread.ofVirtual().start(task)))
                .withMessage("Input/output error");
    }

    @Test
    void aLockTokenIsNotGivenTwice() {
        broker.keyspace.tokenGiven(Long.MAX_VALUE / 2);
        InMemoryBroker other = other();
        RdbFiles.load(other, RdbFiles.write(broker));
        assertThat(other.keyspace.nextToken()).isEqualTo(Long.MAX_VALUE / 2 + 1);
    }

    @Test
    void accessesComeBackAsThePolicyCountsThem() {
        for (String policy : List.of("allkeys-lru", "allkeys-lfu")) {
            InMemoryBroker from = other("maxmemory-policy", policy);
            InMemoryBroker to = other("maxmemory-policy", policy);
            boolean counts = policy.endsWith("lfu");
            from.keyspace.accesses().policy(counts, 10, 1);
            to.keyspace.accesses().policy(counts, 10, 1);
            from.run("SET", "k", "v");
            from.keyspace
                    .database(0)
                    .putAccessMark(
                            Bytes.of("k"),
                            counts
                                    ? from.keyspace.accesses().counted(77)
                                    : from.keyspace.accesses().idle(1000));
            RdbFiles.load(to, RdbFiles.write(from.keyspace, new RdbKept(), RdbRecords.Access.of(policy)));
            int mark = to.keyspace.database(0).accessMark(Bytes.of("k"));
            if (counts) {
                assertThat(to.keyspace.accesses().frequency(mark)).isEqualTo(77);
            } else {
                assertThat(to.keyspace.accesses().idleSeconds(mark)).isEqualTo(1000);
            }
        }
    }

    @Test
    void keysWhoseTimeHasComeAreLeftOut() {
        broker.run("SET", "dead", "v", "PX", "100");
        broker.run("RPUSH", "deadlist", "v");
        broker.run("PEXPIRE", "deadlist", "100");
        broker.run("SET", "long", "x".repeat(100_000), "PX", "100");
        broker.run("SET", "alive", "v", "PX", "300");
        byte[] file = RdbFiles.write(broker);
        InMemoryBroker other = other();
        other.time.pass(200);
        other.keyspace.now(InMemoryBroker.START_MS + 200);
        RdbLoader.Loaded loaded = RdbFiles.load(other, file);
        assertThat(loaded.keys()).isEqualTo(1);
        assertThat(loaded.expired()).isEqualTo(3);
        other.run("KEYS", "*").is("[alive]");

        Keyspace base = other().keyspace;
        base.now(InMemoryBroker.START_MS + 200);
        loaded = RdbFiles.load(base, new RdbKept(), file, new RdbLoader.Options(true, false, true));
        assertThat(loaded.keys()).isEqualTo(4);
        assertThat(base.database(0).size()).isEqualTo(4);
    }

    @Test
    void aMemberWhoseTimeHasComeIsLeftOut() {
        broker.run("SADD", "s", "a", "b");
        broker.run("SPEXPIRE", "s", "100", "MEMBERS", "1", "a").is("[1]");
        broker.run("HSET", "h", "a", "1");
        broker.run("HPEXPIRE", "h", "100", "FIELDS", "1", "a").is("[1]");
        byte[] file = RdbFiles.write(broker);
        InMemoryBroker other = other();
        other.time.pass(200);
        other.keyspace.now(InMemoryBroker.START_MS + 200);
        RdbFiles.load(other, file);
        other.run("SMEMBERS", "s").is("[b]");
        other.run("EXISTS", "h").is(0);
    }

    private static byte[] key(int type, String key, byte[]... value) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        out.write(type);
        out.writeBytes(PackedForms.string(key));
        for (byte[] part : value) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private void refused(String reason, byte[] file) {
        assertThatExceptionOfType(CorruptRdbException.class)
                .isThrownBy(() -> RdbFiles.load(other(), file))
                .withMessageContaining(reason);
    }

    @Test
    void refusalsNameTheReason() {
        byte[] a = PackedForms.string("a");
        refused("Wrong signature", RdbFiles.around("SIDER0010"));
        refused("Wrong signature", RdbFiles.around("REDIS001x"));
        refused("Can't handle RDB format version 13", RdbFiles.around("REDIS0013"));
        refused("Can't handle RDB format version 0", RdbFiles.around("REDIS0000"));
        refused("Can't handle RDB format version 81", RdbFiles.around("VALKEY081"));
        refused("unknown type or opcode: 243", RdbFiles.around("VALKEY080", new byte[] {(byte) 243}));
        refused("unknown type or opcode: 99", RdbFiles.around(new byte[] {99}));
        refused("release candidates of Redis 7.4", RdbFiles.around("REDIS0012", new byte[] {22}));
        refused("more than 16 databases", RdbFiles.around(new byte[] {(byte) 254, 16}));
        refused("duplicated key 'k' in DB 0", RdbFiles.around(key(0, "k", a), key(0, "k", a)));
        refused("duplicated key 'k' in DB 0", RdbFiles.around(key(0, "k", a), key(1, "k", new byte[] {1}, a)));
        refused("no matching module type 'ReJSON-RL'", RdbFiles.around(key(7, "k", new byte[] {
            (byte) 0x81, 0x45, (byte) 0xe2, 0x52, 0x38, (byte) 0xdf, (byte) 0x91, 0x2c, 3
        })));
        refused("it ends too early, at offset 9", new byte[] {'R', 'E', 'D', 'I', 'S', '0', '0', '1', '0'});
    }

    @Test
    void aChecksumOfZeroIsNone() {
        byte[] file = RdbFiles.around(key(0, "k", PackedForms.string("a")));
        java.util.Arrays.fill(file, file.length - 8, file.length, (byte) 0);
        assertThat(RdbFiles.load(other(), file).isChecked()).isFalse();
        file[file.length - 1] = 1;
        refused("RDB CRC error", file);
        Keyspace unchecked = other().keyspace;
        RdbFiles.load(unchecked, new RdbKept(), file, new RdbLoader.Options(false, false, false));
        assertThat(unchecked.database(0).size()).isEqualTo(1);
    }

    @Test
    void whatComesBehindTheEndIsNotRead() {
        byte[] file = RdbFiles.around(key(0, "k", PackedForms.string("a")));
        byte[] longer = java.util.Arrays.copyOf(file, file.length + 100);
        assertThat(RdbFiles.load(other(), longer).bytes()).isEqualTo(file.length);
    }

    @Test
    void emptyCollectionsAreLeftOut() {
        InMemoryBroker other = other();
        RdbLoader.Loaded loaded = RdbFiles.load(
                other, RdbFiles.around(key(1, "l", new byte[] {0}), key(0, "k", PackedForms.string("a"))));
        assertThat(loaded.empty()).isEqualTo(1);
        other.run("KEYS", "*").is("[k]");
    }

    @Test
    void valkeyFilesWithFieldsThatExpire() {
        InMemoryBroker other = other();
        byte[] at = new byte[8];
        long ms = InMemoryBroker.START_MS + 5000;
        for (int i = 0; i < 8; i++) {
            at[i] = (byte) (ms >>> 8 * i);
        }
        byte[] never = {-1, -1, -1, -1, -1, -1, -1, -1};
        byte[] f = PackedForms.string("f");
        byte[] g = PackedForms.string("g");
        RdbFiles.load(other, RdbFiles.around("VALKEY080", key(22, "h", new byte[] {2}, f, f, at, g, g, never)));
        other.run("HPTTL", "h", "FIELDS", "2", "f", "g").is("[5000, -1]");
    }

    private static byte[] resource(String name) throws java.io.IOException {
        try (java.io.InputStream in = RdbLoaderTest.class.getResourceAsStream("/rdb/" + name)) {
            return java.util.Objects.requireNonNull(in).readAllBytes();
        }
    }

    /** Fields that expire, sets that are listpacks, a stream that knows when consumers were active. */
    @Test
    void aFileOfRedis74() throws java.io.IOException {
        RdbKept kept = new RdbKept();
        RdbLoader.Loaded loaded =
                RdbFiles.load(broker.keyspace, kept, resource("redis-7.4.1.rdb"), RdbLoader.Options.DEFAULTS);
        assertThat(loaded.version()).isEqualTo(12);
        assertThat(loaded.isChecked()).isTrue();
        assertThat(kept.streams()).isEqualTo(1);
        assertThat(kept.functions()).isEqualTo(1);
        List<String> lines = new String(resource("redis-7.4.1.digests"), java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
        broker.run("DBSIZE").is(lines.size());
        for (String line : lines) {
            String[] words = line.split(" ");
            assertThat(broker.run("DEBUG", "DIGEST-VALUE", words[0]).text())
                    .as(line)
                    .isEqualTo("[" + words[1] + "]");
        }
        broker.run("HPEXPIRETIME", "hashex", "FIELDS", "3", "a", "b", "c").is("[4102444800000, 4102444800500, -1]");
        broker.run("HPEXPIRETIME", "bighashex", "FIELDS", "3", "f1", "f600", "f3")
                .is("[4102444801000, 4102444809000, -1]");
        broker.run("PEXPIRETIME", "dies").is(4102444800000L);

        byte[] written = RdbFiles.write(broker.keyspace, kept, RdbRecords.Access.NOTHING);
        assertThat(new String(written, 0, 9, java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("REDIS0011");
        InMemoryBroker other = other();
        RdbFiles.load(other.keyspace, new RdbKept(), written, RdbLoader.Options.DEFAULTS);
        assertThat(digest(other)).isEqualTo(digest(broker));
    }

    /** What redis-server 6 wrote, whose types are those of {@link PackedForms}. */
    @Test
    void aFileOfRedis6() {
        List<byte[]> pairs = List.of("a".getBytes(), "1".getBytes(), "b".getBytes(), "2.5".getBytes());
        byte[] ziplist = PackedForms.string(PackedForms.ziplist(pairs, true));
        InMemoryBroker other = other();
        RdbLoader.Loaded loaded = RdbFiles.load(
                other,
                RdbFiles.around(
                        "REDIS0009",
                        key(RdbType.HASH_ZIPMAP, "m", PackedForms.string(PackedForms.zipmap(pairs, 3))),
                        key(RdbType.LIST_ZIPLIST, "l", ziplist),
                        key(RdbType.HASH_ZIPLIST, "h", ziplist),
                        key(RdbType.SORTED_SET_ZIPLIST, "z", ziplist),
                        key(RdbType.LIST_OF_ZIPLISTS, "q", new byte[] {2}, ziplist, ziplist),
                        key(RdbType.SORTED_SET_TEXT, "t", new byte[] {2, 1, 'a', (byte) 255, 1, 'b', 3, '1', '.', '5'
                        })));
        assertThat(loaded.keys()).isEqualTo(6);
        other.run("HGETALL", "m").is("[a, 1, b, 2.5]");
        other.run("HGETALL", "h").is("[a, 1, b, 2.5]");
        other.run("LRANGE", "l", "0", "-1").is("[a, 1, b, 2.5]");
        other.run("LRANGE", "q", "0", "-1").is("[a, 1, b, 2.5, a, 1, b, 2.5]");
        other.run("ZRANGE", "z", "0", "-1", "WITHSCORES").is("[a, 1, b, 2.5]");
        other.run("ZRANGE", "t", "0", "-1").is("[a, b]");
        other.run("ZRANGEBYSCORE", "t", "-inf", "-inf").is("[a]");
    }

    @Test
    void functionsStayAsTheyCame() {
        byte[] parts = {(byte) 246, 1, 'n', 3, 'L', 'U', 'A', 1, 1, 'd', 2, 'x', 'y'};
        byte[] whole = {(byte) 245, 3, 'a', 'b', 'c'};
        RdbKept kept = new RdbKept();
        RdbFiles.load(broker.keyspace, kept, RdbFiles.around(parts, whole), RdbLoader.Options.DEFAULTS);
        assertThat(kept.functions()).isEqualTo(2);
        byte[] file = RdbFiles.write(broker.keyspace, kept, RdbRecords.Access.NOTHING);
        RdbKept again = new RdbKept();
        RdbFiles.load(other().keyspace, again, file, RdbLoader.Options.DEFAULTS);
        assertThat(again.functions()).isEqualTo(2);
        assertThat(again.bytes()).isEqualTo(kept.bytes());
        assertThat(new String(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("#!LUA name=n\nxy");
    }
}
