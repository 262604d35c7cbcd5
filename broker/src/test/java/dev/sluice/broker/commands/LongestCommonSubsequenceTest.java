package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LongestCommonSubsequenceTest {
    private final Random random = new Random(Long.getLong("sluice.seed", 1));

    @Test
    void findsTheSequenceAndWhereItIs() {
        var found = new LongestCommonSubsequence(Bytes.of("ohmytext"), Bytes.of("mynewtext"), true);
        assertThat(found.length()).isEqualTo(6);
        assertThat(found.sequence()).isEqualTo(Bytes.of("mytext"));
        List<String> stretches = new ArrayList<>();
        found.stretches((a, b, c, d) -> stretches.add(a + "-" + b + " " + c + "-" + d));
        assertThat(stretches).containsExactly("4-7 5-8", "2-3 0-1");
    }

    @Test
    void nothingInCommon() {
        for (String[] pair : new String[][] {{"", ""}, {"", "abc"}, {"abc", ""}, {"abc", "xyz"}}) {
            var found = new LongestCommonSubsequence(Bytes.of(pair[0]), Bytes.of(pair[1]), true);
            assertThat(found.length()).isZero();
            assertThat(found.sequence()).isEqualTo(Bytes.EMPTY);
        }
    }

    @Test
    void isInBothStringsAndAsLongWhicheverWay() {
        for (int i = 0; i < 300; i++) {
            Bytes one = text();
            Bytes other = text();
            var found = new LongestCommonSubsequence(one, other, true);
            Bytes sequence = found.sequence();
            assertThat(sequence.length()).isEqualTo(found.length());
            assertThat(within(sequence, one)).isTrue();
            assertThat(within(sequence, other)).isTrue();
            assertThat(new LongestCommonSubsequence(other, one, false).length()).isEqualTo(found.length());
        }
    }

    /** A table of 400 MB for Redis. */
    @Test
    void aLongAndAShortStringTakeLittleMemory() {
        Bytes one = Bytes.of(new byte[50_000_000]);
        Bytes other = Bytes.of(new byte[] {1});
        assertThat(LongestCommonSubsequence.tableBytes(one.length(), other.length()))
                .isEqualTo(400_000_008L);
        assertThat(new LongestCommonSubsequence(one, other, true).sequence()).isEqualTo(Bytes.EMPTY);
        assertThat(new LongestCommonSubsequence(other, one, true).sequence()).isEqualTo(Bytes.EMPTY);
    }

    private Bytes text() {
        byte[] bytes = new byte[random.nextInt(90)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(4);
        }
        return Bytes.of(bytes);
    }

    private static boolean within(Bytes sequence, Bytes whole) {
        int found = 0;
        for (int i = 0; i < whole.length() && found < sequence.length(); i++) {
            found += whole.at(i) == sequence.at(found) ? 1 : 0;
        }
        return found == sequence.length();
    }
}
