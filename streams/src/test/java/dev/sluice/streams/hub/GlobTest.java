package dev.sluice.streams.hub;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    /** Each row is what redis-server 7.0.15 says. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "``, ``, true",
                "``, a, false",
                "*, ``, false",
                "*, a, true",
                "***, abc, true",
                "a*, a, true",
                "a**, a, true",
                "*a, ba, true",
                "*a, ab, false",
                "a*c*e, abcde, true",
                "a*c*e, abcdf, false",
                "*ab*ab, aabab, true",
                "?, a, true",
                "?, ``, false",
                "a?c, abc, true",
                "a?c, ac, false",
                "h[ae]llo, hello, true",
                "h[ae]llo, hillo, false",
                "h[^e]llo, hallo, true",
                "h[^e]llo, hello, false",
                "[a-c], b, true",
                "[c-a], b, true",
                "[a-c], d, false",
                "[a-], ], true",
                "[a-], a, true",
                "[a-], -, false",
                "[], a, false",
                "[]a], a, false",
                "[^], a, true",
                "[^, a, true",
                "[, a, false",
                "[, [, false",
                "[abc, b, true",
                "[abc, bc, false",
                "[a-b-c], -, true",
                "[\\]], ], true",
                "[\\, \\, true",
                "[^\\]], a, true",
                "\\*, *, true",
                "\\*, a, false",
                "\\?, ?, true",
                "\\[a], [a], true",
                "\\, \\, true",
                "a\\, a\\, true",
                "\\a, a, true",
                "[\u00e0-\u00ff], \u00e9, true",
                "[a-\u00ff], b, false",
                "[a-\u00ff], A, true",
                "A, a, false"
            })
    void matchesAsRedisDoes(String pattern, String text, boolean expected) {
        assertThat(Glob.matches(latin1(pattern), latin1(text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "HeLLo*, hEllO world, true",
        "[a-c]x, BX, true",
        "[A-C]x, bx, true",
        "[abc], B, true",
        "[\\b], B, false",
        "\\b, B, true",
        "[^B], b, false",
        "[Z-a], z, false"
    })
    void caseCanBeIgnored(String pattern, String text, boolean expected) {
        assertThat(Glob.matches(latin1(pattern), latin1(text), true)).isEqualTo(expected);
    }

    @Test
    void rangesOfArraysAreMatched() {
        byte[] pattern = "xx*b?yy".getBytes(ISO_8859_1);
        byte[] text = "--aabc--".getBytes(ISO_8859_1);
        assertThat(Glob.matches(pattern, 2, 5, text, 2, 6, false)).isTrue();
        assertThat(Glob.matches(pattern, 2, 4, text, 2, 6, false)).isFalse();
        // What lies behind the range belongs to nobody: neither a set's end nor an escaped byte.
        assertThat(Glob.matches("[a]".getBytes(ISO_8859_1), 0, 2, text, 2, 3, false))
                .isTrue();
        assertThat(Glob.matches("\\a".getBytes(ISO_8859_1), 0, 1, text, 2, 3, false))
                .isFalse();
    }

    @Test
    void manyStarsCostNoMoreThanOne() {
        String text = "a".repeat(20_000);
        assertThat(Glob.matches(latin1("a*".repeat(40) + "b"), latin1(text))).isFalse();
        assertThat(Glob.matches(latin1("*a".repeat(40) + "*b*"), latin1(text))).isFalse();
        assertThat(Glob.matches(latin1("[^b]*".repeat(40) + "a"), latin1(text))).isTrue();
    }

    @Test
    void matchesAsTheDefinitionDoes() {
        String property = System.getProperty("sluice.seed", "");
        long seed = property.isEmpty() ? System.nanoTime() : Long.parseLong(property);
        Random random = new Random(seed);
        for (int i = 0; i < 200_000 * Integer.getInteger("sluice.scale", 1); i++) {
            String pattern = word(random, "aab*?[]^-\\", 8);
            String text = word(random, "aabb-]\\", 8);
            assertThat(Glob.matches(latin1(pattern), latin1(text)))
                    .as("%s matches %s, seed %d", pattern, text, seed)
                    .isEqualTo(text.isEmpty() ? pattern.isEmpty() : defined(pattern, text));
        }
    }

    /** What a pattern means, tried in every way: a star takes nothing, or one byte and is still there. */
    private static boolean defined(String pattern, String text) {
        if (pattern.isEmpty()) {
            return text.isEmpty();
        }
        if (pattern.charAt(0) == '*') {
            return defined(pattern.substring(1), text) || (!text.isEmpty() && defined(pattern, text.substring(1)));
        }
        if (text.isEmpty()) {
            return false;
        }
        char c = text.charAt(0);
        String rest = text.substring(1);
        if (pattern.charAt(0) == '?') {
            return defined(pattern.substring(1), rest);
        }
        if (pattern.charAt(0) == '\\' && pattern.length() > 1) {
            return pattern.charAt(1) == c && defined(pattern.substring(2), rest);
        }
        if (pattern.charAt(0) != '[') {
            return pattern.charAt(0) == c && defined(pattern.substring(1), rest);
        }
        boolean not = pattern.startsWith("[^");
        String set = pattern.substring(not ? 2 : 1);
        boolean found = false;
        while (!set.isEmpty() && set.charAt(0) != ']') {
            int length = 1;
            if (set.charAt(0) == '\\' && set.length() > 1) {
                length = 2;
                found |= set.charAt(1) == c;
            } else if (set.length() > 2 && set.charAt(1) == '-') {
                length = 3;
                found |= Math.min(set.charAt(0), set.charAt(2)) <= c && c <= Math.max(set.charAt(0), set.charAt(2));
            } else {
                found |= set.charAt(0) == c;
            }
            set = set.substring(length);
        }
        return found != not && defined(set.isEmpty() ? "" : set.substring(1), rest);
    }

    private static String word(Random random, String alphabet, int lengthMax) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(lengthMax + 1); i > 0; i--) {
            word.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return word.toString();
    }

    private static Bytes latin1(String text) {
        return Bytes.of(text.getBytes(ISO_8859_1));
    }
}
