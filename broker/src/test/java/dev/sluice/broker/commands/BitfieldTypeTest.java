package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.commands.BitfieldType.Overflow;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BitfieldTypeTest {
    private static final long SEED = Long.getLong("sluice.seed", 1);

    private final Random random = new Random(SEED);

    @Test
    void names() {
        assertThat(BitfieldType.parse(Bytes.of("i1"))).isEqualTo(new BitfieldType(true, 1));
        assertThat(BitfieldType.parse(Bytes.of("i64"))).isEqualTo(new BitfieldType(true, 64));
        assertThat(BitfieldType.parse(Bytes.of("u63"))).isEqualTo(new BitfieldType(false, 63));
        for (String bad : new String[] {"", "u", "i", "u0", "i0", "u64", "i65", "u-1", "U8", "8", "u08", "u8 "}) {
            assertThatThrownBy(() -> BitfieldType.parse(Bytes.of(bad)))
                    .isInstanceOf(CommandError.class)
                    .hasMessageContaining("Invalid bitfield type");
        }
    }

    @Test
    void bounds() {
        assertThat(new BitfieldType(true, 64).most()).isEqualTo(Long.MAX_VALUE);
        assertThat(new BitfieldType(true, 64).least()).isEqualTo(Long.MIN_VALUE);
        assertThat(new BitfieldType(true, 1).most()).isZero();
        assertThat(new BitfieldType(true, 1).least()).isEqualTo(-1);
        assertThat(new BitfieldType(false, 63).most()).isEqualTo(Long.MAX_VALUE);
        assertThat(new BitfieldType(false, 1).most()).isEqualTo(1);
        assertThat(new BitfieldType(false, 1).least()).isZero();
    }

    @Test
    void sumsAreWrappedOrHeldAtABound() {
        for (int i = 0; i < 20_000; i++) {
            boolean signed = random.nextBoolean();
            BitfieldType type = new BitfieldType(signed, 1 + random.nextInt(signed ? 64 : 63));
            long number = type.fromTop(random.nextInt(3) == 0 ? type.toTop(type.most()) : random.nextLong());
            long increment = random.nextLong() >> random.nextInt(64);
            BigInteger sum = BigInteger.valueOf(number).add(BigInteger.valueOf(increment));
            BigInteger most = BigInteger.valueOf(type.most());
            BigInteger least = BigInteger.valueOf(type.least());
            BigInteger modulus = BigInteger.ONE.shiftLeft(type.bits());
            BigInteger wrapped = sum.subtract(least).mod(modulus).add(least);
            String which = "seed " + SEED + ": " + type + " " + number + " + " + increment;
            assertThat(type.add(number, increment, Overflow.WRAP)).as(which).isEqualTo(wrapped.longValue());
            assertThat(type.add(number, increment, Overflow.SAT))
                    .as(which)
                    .isEqualTo(sum.min(most).max(least).longValue());
            assertThat(type.overflows(number, increment)).as(which).isEqualTo(!wrapped.equals(sum));
        }
    }

    /** What redis-server does with it. */
    @Test
    void aNumberTooFarBelowCountsAsTooHigh() {
        BitfieldType type = new BitfieldType(true, 8);
        assertThat(type.add(-200, 0, Overflow.SAT)).isEqualTo(-128);
        assertThat(type.add(Long.MIN_VALUE, 0, Overflow.SAT)).isEqualTo(127);
    }
}
