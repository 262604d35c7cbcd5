package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.Seeds;
import dev.sluice.broker.data.Rope;
import dev.sluice.broker.data.StringValue;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Strings in a database: in their entry, in a block, as a rope. */
class StringEntriesTest {
    private static final long NONE = Database.NO_EXPIRY;

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final CheckedKeyspace checked = new CheckedKeyspace(seed, random);
    private final Database database = checked.keyspace.database(0);

    @AfterEach
    void nothingLeaks() {
        checked.close();
    }

    @Test
    void rawStringsAreChangedInPlace() {
        for (int length : new int[] {0, 3, 65_536, 100_000}) {
            Bytes key = bytes("k" + length);
            Bytes value = randomBytes(length);
            database.setString(key, value, 1_000_000_000);
            for (int lengthMin : new int[] {1, length, length + 1, 65_537, 200_000}) {
                StringValue before = database.string(key);
                StringValue raw = database.rawString(key, lengthMin);
                assertThat(raw.encoding()).isEqualTo("raw");
                assertThat(raw.length()).isEqualTo(Math.max(before.length(), lengthMin));
                assertThat(raw.bytes(0, length)).isEqualTo(value);
                assertThat(raw.bitCount(length * 8L, raw.length() * 8L)).isZero();
                raw.putByte(raw.length() - 1, length > raw.length() - 1 ? value.at(length - 1) : 0);
            }
            assertThat(database.string(key).length()).isEqualTo(200_000);
            assertThat(database.expireAt(key)).isEqualTo(1_000_000_000);
            assertThat(database.rawString(bytes("new" + length), length + 1).bytes())
                    .isEqualTo(Bytes.of(new byte[length + 1]));
        }
        database.listOrNew(bytes("list"));
        assertThatThrownBy(() -> database.rawString(bytes("list"), 1)).isInstanceOf(CommandError.class);
    }

    @Test
    void stringsMadeOfPiecesReplaceWhatTheyAreMadeFrom() {
        for (int length : new int[] {1, 65_536, 65_537, 300_000}) {
            Bytes value = randomBytes(length);
            database.setString(bytes("k"), value, 1_000_000_000);
            StringValue from = database.string(bytes("k"));
            database.setString(
                    bytes("k"),
                    length,
                    (at, count) -> from.bytes(at, at + count).array());
            database.setString(bytes("other"), 1, (at, count) -> new byte[] {'1'});
            assertThat(database.string(bytes("k")).bytes()).isEqualTo(value);
            assertThat(database.string(bytes("other")).encoding()).isEqualTo("raw");
            assertThat(database.expireAt(bytes("k"))).isEqualTo(NONE);
            assertThat(database.keysWithExpiry()).isZero();
        }
    }

    @Test
    void longValuesAreRopes() {
        for (int length : new int[] {65_535, 65_536, 65_537, 98_304, 98_305, 3_000_000}) {
            Bytes value = randomBytes(length);
            database.setString(bytes("k"), value, NONE);
            StringValue stored = database.string(bytes("k"));
            assertThat(stored.bytes()).isEqualTo(value);
            assertThat(stored.bytes(1000, 65_000)).isEqualTo(value.slice(1000, 65_000));
            assertThat(stored.encoding()).isEqualTo("raw");
        }
        database.unlink(bytes("k"));
        while (database.entries().freeUnlinked()) {
            assertThat(database.size()).isZero();
        }
        assertThat(database.bytesUsed()).isLessThan(200);
    }

    @Test
    void encodingsAreNamedAsRedisDoes() {
        assertThat(encoding("12345678901")).isEqualTo("int");
        assertThat(encoding("-9223372036854775808")).isEqualTo("int");
        assertThat(encoding("9223372036854775808")).isEqualTo("embstr");
        assertThat(encoding("+1")).isEqualTo("embstr");
        assertThat(encoding("012")).isEqualTo("embstr");
        assertThat(encoding("a".repeat(44))).isEqualTo("embstr");
        assertThat(encoding("a".repeat(45))).isEqualTo("raw");
        database.setString(bytes("k"), bytes("1"), NONE);
        database.append(bytes("k"), bytes("2"));
        assertThat(database.string(bytes("k")).encoding()).isEqualTo("raw");
    }

    private String encoding(String value) {
        database.setString(bytes("k"), bytes(value), NONE);
        return database.string(bytes("k")).encoding();
    }

    @Test
    void appendGrowsFromNothingToARope() {
        Bytes whole = Bytes.EMPTY;
        for (int length : new int[] {0, 1, 10, 50, 3, 0, 60_000, 5_000, 1_000, 32_768, 1, 200_000}) {
            Bytes tail = randomBytes(length);
            database.append(bytes("k"), tail);
            whole = joined(whole, tail);
            assertThat(database.string(bytes("k")).bytes()).isEqualTo(whole);
        }
    }

    @Test
    void partsOfStringsAreWrittenInPlaceOrInANewBlock() {
        for (int round = 0; round < 40; round++) {
            byte[] expected = new byte[0];
            database.delete(bytes("k"));
            for (int i = 0; i < 10; i++) {
                int at = random.nextInt(round % 2 == 0 ? 300 : 90_000);
                Bytes part = randomBytes(1 + random.nextInt(i == 5 ? 50_000 : 50));
                database.writeString(bytes("k"), at, part);
                expected = Arrays.copyOf(expected, Math.max(expected.length, at + part.length()));
                System.arraycopy(part.array(), part.offset(), expected, at, part.length());
                StringValue stored = database.string(bytes("k"));
                assertThat(stored.bytes()).as("seed %d", seed).isEqualTo(Bytes.of(expected));
                assertThat(stored.encoding()).isEqualTo("raw");
                if (i == 3) {
                    database.setExpireAt(bytes("k"), 77);
                }
            }
            assertThat(database.expireAt(bytes("k"))).isEqualTo(77);
        }
    }

    @Test
    void textIsNoNumberUntilItIsStoredAgain() {
        database.setTextKeepTtl(bytes("k"), bytes("11"));
        assertThat(database.string(bytes("k")).encoding()).isEqualTo("embstr");
        database.setExpireAt(bytes("k"), 77);
        database.rename(bytes("k"), bytes("other"));
        assertThat(database.string(bytes("other")).encoding()).isEqualTo("embstr");
        database.setStringKeepTtl(bytes("other"), bytes("12"));
        assertThat(database.string(bytes("other")).encoding()).isEqualTo("int");
    }

    @Test
    void appendIsAmortised() {
        long moves = 0;
        long before = 0;
        for (int i = 0; i < 60_000; i++) {
            database.append(bytes("k"), bytes("x"));
            moves += database.bytesUsed() != before ? 1 : 0;
            before = database.bytesUsed();
        }
        assertThat(moves).isLessThan(40);
    }

    @Test
    void ropesOutgrowTheirDirectory() {
        Bytes whole = randomBytes(Rope.INLINE_BYTES_MAX + 1);
        database.setString(bytes("k"), whole, NONE);
        for (int i = 0; i < 40; i++) {
            Bytes tail = randomBytes(random.nextInt(70_000));
            database.append(bytes("k"), tail);
            whole = joined(whole, tail);
        }
        assertThat(database.string(bytes("k")).bytes()).as("seed %d", seed).isEqualTo(whole);
        database.delete(bytes("k"));
        assertThat(database.bytesUsed()).isLessThan(200);
    }

    private Bytes randomBytes(int length) {
        byte[] array = new byte[length];
        random.nextBytes(array);
        return Bytes.of(array);
    }

    static Bytes joined(Bytes head, Bytes tail) {
        byte[] whole = Arrays.copyOf(head.toArray(), head.length() + tail.length());
        System.arraycopy(tail.array(), tail.offset(), whole, head.length(), tail.length());
        return Bytes.of(whole);
    }

    private static Bytes bytes(String text) {
        return Bytes.of(text);
    }
}
