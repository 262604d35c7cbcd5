package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.commands.Bitop.Operation;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** DIFF, DIFF1, ANDOR and ONE, which redis-server 7.0 does not know, are after the documentation of Redis 8.2. */
class BitopTest {
    private static final long SEED = Long.getLong("sluice.seed", 1);

    private final Random random = new Random(SEED);
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    private void set(String key, byte[] value) {
        broker.first()
                .run(new Request(Bytes.of("SET"), Bytes.of(key), Bytes.of(value)))
                .is("OK");
    }

    private byte[] got(String key) {
        return broker.run("GET", key).text().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int at(byte[] source, int index) {
        return index < source.length ? source[index] : 0;
    }

    /** A byte of the result, bit by bit: how many sources have it decides. */
    private static byte expected(Operation operation, byte[][] sources, int index) {
        int result = 0;
        for (int bit = 1; bit < 256; bit <<= 1) {
            boolean x = (at(sources[0], index) & bit) != 0;
            int have = 0;
            for (byte[] source : sources) {
                have += (at(source, index) & bit) == 0 ? 0 : 1;
            }
            int others = have - (x ? 1 : 0);
            boolean set = switch (operation) {
                case AND -> have == sources.length;
                case OR -> have > 0;
                case XOR -> have % 2 == 1;
                case NOT -> !x;
                case DIFF -> x && others == 0;
                case DIFF1 -> !x && others > 0;
                case ANDOR -> x && others > 0;
                case ONE -> have == 1;
            };
            result |= set ? bit : 0;
        }
        return (byte) result;
    }

    @Test
    void everyOperationIsWhatItsBitsSay() {
        int[] lengths = {0, 1, 7, 8, 9, 100, 32_768, 65_536, 65_537, 100_003};
        for (int round = 0; round < 100; round++) {
            Operation operation = Operation.values()[random.nextInt(Operation.values().length)];
            int count = operation == Operation.NOT ? 1 : 2 + random.nextInt(4);
            byte[][] sources = new byte[count][];
            String[] request = new String[count + 3];
            request[0] = "BITOP";
            request[1] = operation.name();
            int length = 0;
            for (int i = 0; i < count; i++) {
                sources[i] = new byte[lengths[random.nextInt(lengths.length)]];
                random.nextBytes(sources[i]);
                set("s" + i, sources[i]);
                request[i + 3] = "s" + i;
                length = Math.max(length, sources[i].length);
            }
            request[2] = random.nextBoolean() ? "target" : "s" + random.nextInt(count);
            broker.run(request).is(length);
            byte[] result = new byte[length];
            for (int i = 0; i < length; i++) {
                result[i] = expected(operation, sources, i);
            }
            if (length == 0) {
                broker.run("EXISTS", request[2]).is(0);
            } else {
                assertThat(got(request[2]))
                        .as("seed %d: %s", SEED, String.join(" ", request))
                        .isEqualTo(result);
            }
        }
    }

    @Test
    void theDocumentedExample() {
        set("A", new byte[] {(byte) 0b11011000});
        set("B", new byte[] {(byte) 0b00011001});
        set("C", new byte[] {(byte) 0b01101100});
        String[][] rows = {
            {"OR", "11111101"},
            {"AND", "00001000"},
            {"XOR", "10101101"},
            {"DIFF", "10000000"},
            {"DIFF1", "00100101"},
            {"ANDOR", "01011000"},
            {"ONE", "10100101"},
        };
        for (String[] row : rows) {
            broker.run("BITOP", row[0], "R", "A", "B", "C").is(1);
            assertThat(Integer.toBinaryString(got("R")[0] & 0xff | 0x100).substring(1))
                    .as(row[0])
                    .isEqualTo(row[1]);
        }
    }

    @Test
    void aMissingFirstKeyIsEmpty() {
        set("y", new byte[] {1});
        broker.run("BITOP", "DIFF", "d", "x", "y").is(1);
        assertThat(got("d")).containsExactly(0);
        broker.run("BITOP", "DIFF1", "d", "x", "y").is(1);
        assertThat(got("d")).containsExactly(1);
        broker.run("BITOP", "ANDOR", "d", "x", "y").is(1);
        assertThat(got("d")).containsExactly(0);
        broker.run("BITOP", "ONE", "d", "x", "y", "x").is(1);
        assertThat(got("d")).containsExactly(1);
        broker.run("BITOP", "ONE", "d", "y", "y").is(1);
        assertThat(got("d")).containsExactly(0);
    }

    @Test
    void someNeedTwoSources() {
        set("y", new byte[] {1});
        for (String operation : new String[] {"DIFF", "DIFF1", "ANDOR"}) {
            broker.run("BITOP", operation.toLowerCase(java.util.Locale.ROOT), "d", "y")
                    .isError("ERR BITOP " + operation + " must be called with at least two source keys.");
        }
        broker.run("BITOP", "ONE", "d", "y").is(1);
        assertThat(got("d")).containsExactly(1);
    }
}
