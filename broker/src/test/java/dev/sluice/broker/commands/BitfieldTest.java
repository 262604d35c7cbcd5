package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.Bytes;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BitfieldTest {
    private static final long SEED = Long.getLong("sluice.seed", 1);

    private final Random random = new Random(SEED);
    private final InMemoryBroker broker = new InMemoryBroker();
    private final Database database = broker.keyspace.database(0);

    @AfterEach
    void close() {
        broker.close();
    }

    /** Against the whole string as one number. */
    @Test
    void fieldsAreReadAndWrittenAtAnyBit() {
        for (int length : new int[] {1, 9, 40, 70_000}) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            Bytes key = Bytes.of("k");
            database.setString(key, Bytes.of(bytes), Database.NO_EXPIRY);
            StringValue string = database.rawString(key, length);
            BigInteger model = new BigInteger(1, bytes);
            Bitfield fields = new Bitfield();
            for (int i = 0; i < (length > 1000 ? 100 : 2000); i++) {
                boolean signed = random.nextBoolean();
                int bits = 1 + random.nextInt(Math.min(length * 8, signed ? 64 : 63));
                BitfieldType type = new BitfieldType(signed, bits);
                int offset = random.nextInt(length * 8 - bits + 1);
                int shift = length * 8 - bits - offset;
                BigInteger mask = BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
                String which = "seed " + SEED + ": " + type + " at " + offset + " of " + length;
                long word = model.shiftRight(shift).and(mask).longValue();
                assertThat(fields.read(string, offset, type)).as(which).isEqualTo(type.fromTop(type.toTop(word)));
                long number = random.nextLong();
                fields.write(string, offset, type, number);
                model = model.andNot(mask.shiftLeft(shift))
                        .or(BigInteger.valueOf(number).and(mask).shiftLeft(shift));
            }
            assertThat(new BigInteger(1, string.bytes().array()))
                    .as("seed %d: %d bytes", SEED, length)
                    .isEqualTo(model);
        }
    }

    @Test
    void zerosAreBehindTheEnd() {
        StringValue string = database.rawString(Bytes.of("k"), 2);
        string.putByte(1, 0xff);
        Bitfield fields = new Bitfield();
        assertThat(fields.read(string, 12, new BitfieldType(false, 8))).isEqualTo(0xf0);
        assertThat(fields.read(string, 16, new BitfieldType(false, 8))).isZero();
        assertThat(fields.read(string, 4_000_000_000L, new BitfieldType(true, 64)))
                .isZero();
        assertThat(fields.read(null, 3, new BitfieldType(true, 64))).isZero();
    }
}
