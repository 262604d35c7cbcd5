package dev.sluice.broker.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DumpTest {
    private static final Bytes KEY = Bytes.of("restored");

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final InMemoryBroker broker = new InMemoryBroker("enable-debug-command", "yes");
    private final SampleValues values = new SampleValues(broker, random);
    private final Database database = broker.keyspace.database(0);

    @AfterEach
    void close() {
        broker.close();
    }

    /** Keys of all types and encodings, some with members that expire. */
    private List<String> fill() {
        values.fill();
        List<String> keys = new ArrayList<>();
        database.forEachKey((array, offset, length, type) -> keys.add(new String(array, offset, length)));
        return keys;
    }

    private String digest(String key) {
        return broker.run("DEBUG", "DIGEST-VALUE", key).text();
    }

    private Bytes dump(String key, boolean compresses) {
        return Dump.of(Objects.requireNonNull(database.value(Bytes.of(key))), compresses);
    }

    private void restore(Bytes payload) {
        assertThat(Dump.isIntact(payload, true)).isTrue();
        try (Fresh<? extends Value> value = Dump.read(payload, database, KEY)) {
            value.store();
        }
    }

    @Test
    void whatIsDumpedComesBack() {
        for (String key : fill()) {
            String encoding = broker.run("OBJECT", "ENCODING", key).text();
            for (boolean compresses : new boolean[] {true, false}) {
                restore(dump(key, compresses));
                assertThat(digest(KEY.toString())).as(key).isEqualTo(digest(key));
                assertThat(broker.run("OBJECT", "ENCODING", KEY.toString()).text())
                        .as(key)
                        .isEqualTo(encoding);
                broker.run("DEL", KEY.toString()).is(1);
            }
        }
    }

    @Test
    void membersStillExpire() {
        fill();
        for (String key : List.of("hash10", "hash5000", "set600", "zset10", "zset600")) {
            String letter = key.substring(0, 1).toUpperCase(java.util.Locale.ROOT);
            String word = letter.equals("H") ? "FIELDS" : "MEMBERS";
            restore(dump(key, true));
            broker.run(letter + "PTTL", KEY.toString(), word, "4", "0", "member1", "member2", "member4")
                    .is("[100000, 100000, 200000, -1]");
        }
    }

    @Test
    void onlyIntactPayloadsAreTaken() {
        fill();
        byte[] payload = dump("hash10", true).toArray();
        for (int i = 0; i < payload.length; i++) {
            byte[] changed = payload.clone();
            changed[i] ^= (byte) (1 << random.nextInt(8));
            assertThat(Dump.isIntact(Bytes.of(changed), true))
                    .as("sluice.seed=%d byte %d", seed, i)
                    .isFalse();
        }
        for (int length = 0; length < payload.length; length++) {
            assertThat(Dump.isIntact(Bytes.of(Arrays.copyOf(payload, length)), true))
                    .isFalse();
        }
        assertThat(Dump.isIntact(Bytes.of(PackedForms.footed(0, 12, PackedForms.string("v"))), true))
                .isTrue();
        assertThat(Dump.isIntact(Bytes.of(PackedForms.footed(0, 13, PackedForms.string("v"))), true))
                .isFalse();
    }

    /** Payloads with a right checksum and anything else wrong: they are refused, or make a value that can be dumped. */
    @Test
    void hostilePayloadsDoNoHarm() {
        List<byte[]> payloads = new ArrayList<>();
        for (String key : fill()) {
            Bytes payload = dump(key, random.nextBoolean());
            if (payload.length() < 5_000) {
                payloads.add(payload.toArray());
            }
        }
        payloads.addAll(oldForms());
        broker.run("FLUSHALL");
        long before = database.bytesUsed();
        int refused = 0;
        int rounds = 30_000 * Seeds.scale();
        for (int i = 0; i < rounds; i++) {
            byte[] hostile = hostile(payloads.get(random.nextInt(payloads.size())));
            try (Fresh<? extends Value> value = Dump.read(Bytes.of(hostile), database, KEY)) {
                value.store();
                assertThat(Dump.of(Objects.requireNonNull(database.value(KEY)), true)
                                .length())
                        .isPositive();
                digest(KEY.toString());
                database.delete(KEY);
            } catch (CorruptRdbException | CommandError refusal) {
                refused++;
            }
            assertThat(database.size()).as("sluice.seed=%d round %d", seed, i).isZero();
        }
        assertThat(refused).isBetween(rounds / 10, rounds - rounds / 10);
        assertThat(database.bytesUsed()).as("sluice.seed=%d", seed).isLessThan(before + 100_000);
    }

    /** Redis would keep both fields of a small hash, and find only one. */
    @Test
    void nothingStandsTwice() {
        byte[] a = PackedForms.string("a");
        for (byte[] payload : List.of(
                PackedForms.dump(RdbType.SET, new byte[] {2}, a, a),
                PackedForms.dump(RdbType.HASH, new byte[] {2}, a, a, a, a),
                PackedForms.dump(RdbType.SORTED_SET, new byte[] {2}, a, new byte[8], a, new byte[8]))) {
            assertThatExceptionOfType(CorruptRdbException.class)
                    .isThrownBy(() -> restore(Bytes.of(payload)))
                    .withMessageContaining("twice");
        }
    }

    private static List<byte[]> oldForms() {
        List<byte[]> pairs = List.of("a".getBytes(), "1".getBytes(), "b".getBytes(), "2.5".getBytes());
        byte[] ziplist = PackedForms.string(PackedForms.ziplist(pairs, true));
        return List.of(
                PackedForms.dump(RdbType.HASH_ZIPMAP, PackedForms.string(PackedForms.zipmap(pairs, 3))),
                PackedForms.dump(RdbType.LIST_ZIPLIST, ziplist),
                PackedForms.dump(RdbType.HASH_ZIPLIST, ziplist),
                PackedForms.dump(RdbType.SORTED_SET_ZIPLIST, ziplist),
                PackedForms.dump(RdbType.LIST_OF_ZIPLISTS, new byte[] {2}, ziplist, ziplist),
                PackedForms.dump(
                        RdbType.SORTED_SET_TEXT, new byte[] {2, 1, 'a', (byte) 255, 1, 'b', 3, '1', '.', '5'}));
    }

    private byte[] hostile(byte[] payload) {
        int body = payload.length - 10;
        byte[] changed = Arrays.copyOf(payload, random.nextInt(10) == 0 ? 1 + random.nextInt(body) : body);
        for (int flips = random.nextInt(4); flips > 0; flips--) {
            changed[random.nextInt(changed.length)] =
                    (byte) (random.nextBoolean() ? random.nextInt() : 0x80 | random.nextInt(2));
        }
        return PackedForms.footed(changed[0], 10, Arrays.copyOfRange(changed, 1, changed.length));
    }
}
