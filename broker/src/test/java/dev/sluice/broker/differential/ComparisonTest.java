package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    @Test
    void bytesMustBeTheSame() {
        assertThat(agree("bytes", "+OK\r\n", "+OK\r\n")).isTrue();
        assertThat(agree("bytes", "+OK\r\n", "$2\r\nOK\r\n")).isFalse();
        assertThat(agree("bytes", "", "+OK\r\n")).isFalse();
    }

    @Test
    void setsHaveNoOrder() {
        assertThat(agree("set", "*2\r\n:1\r\n:2\r\n", "*2\r\n:2\r\n:1\r\n")).isTrue();
        assertThat(agree("set", "*2\r\n:1\r\n:1\r\n", "*2\r\n:1\r\n:2\r\n")).isFalse();
        assertThat(agree("set", "*2\r\n:1\r\n:2\r\n", "~2\r\n:2\r\n:1\r\n")).isFalse();
        assertThat(agree("set", "-ERR a\r\n", "-ERR b\r\n")).isFalse();
    }

    @Test
    void pairsStayTogether() {
        assertThat(agree("pairs", "%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "%2\r\n+b\r\n:2\r\n+a\r\n:1\r\n"))
                .isTrue();
        assertThat(agree("pairs", "%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "%2\r\n+a\r\n:2\r\n+b\r\n:1\r\n"))
                .isFalse();
    }

    @Test
    void keysAreExactAndValuesAlike() {
        assertThat(agree("keys", "*2\r\n+v\r\n$1\r\n7\r\n", "*2\r\n+v\r\n$2\r\n72\r\n"))
                .isTrue();
        assertThat(agree("keys", "*2\r\n+v\r\n$1\r\n7\r\n", "*2\r\n+w\r\n$1\r\n7\r\n"))
                .isFalse();
        assertThat(agree("keys", "*2\r\n+v\r\n$1\r\n7\r\n", "*2\r\n+v\r\n:7\r\n"))
                .isFalse();
    }

    @Test
    void nearIsForTimesButNotForTheirAbsence() {
        assertThat(agree("near 5", ":100\r\n", ":95\r\n")).isTrue();
        assertThat(agree("near 5", ":100\r\n", ":94\r\n")).isFalse();
        assertThat(agree("near 5", ":-1\r\n", ":-2\r\n")).isFalse();
        assertThat(agree("near 5", "$3\r\n100\r\n", "$2\r\n98\r\n")).isTrue();
        assertThat(agree("near 5", "$3\r\nabc\r\n", "$3\r\nabd\r\n")).isFalse();
    }

    @Test
    void shapesHaveTheSameTypes() {
        assertThat(agree("shape", "*1\r\n$1\r\na\r\n", "*1\r\n$2\r\nbc\r\n")).isTrue();
        assertThat(agree("shape", "*1\r\n$1\r\na\r\n", "*1\r\n$-1\r\n")).isFalse();
    }

    @Test
    void fieldsMayBeMoreButNotFewer() {
        assertThat(agree("fields", "$10\r\n# A\r\na:1\r\n\r\n", "$9\r\n# A\r\na:2 \r\n"))
                .isTrue();
        assertThat(agree("fields", "$7\r\na=1 b=2\r\n", "$11\r\na=3 c=1 b=2\r\n"))
                .isTrue();
        assertThat(agree("fields", "$7\r\na=1 b=2\r\n", "$3\r\na=3\r\n")).isFalse();
    }

    @Test
    void typesOfErrorsAreTheirCodes() {
        assertThat(agree("type", "-ERR a\r\n", "-ERR b\r\n")).isTrue();
        assertThat(agree("type", "-ERR a\r\n", "-WRONGTYPE a\r\n")).isFalse();
        assertThat(agree("skip", "-ERR a\r\n", ":1\r\n")).isTrue();
    }

    @Test
    void deviationsGoByTheLongestName() {
        Deviations deviations = new Deviations(
                List.of("# a note", "CLIENT\ttype\twhat\twhy", "CLIENT ID\tshape\twhat\twhy", "an area\t-\twhat\twhy"));
        assertThat(deviations.of(words("client", "id"), Comparison.BYTES)).isEqualTo(Comparison.parse("shape"));
        assertThat(deviations.of(words("CLIENT", "LIST"), Comparison.BYTES)).isEqualTo(Comparison.parse("type"));
        assertThat(deviations.of(words("GET", "k"), Comparison.SET)).isEqualTo(Comparison.SET);
    }

    private static boolean agree(String mode, String reference, String subject) {
        return Comparison.parse(mode).agree(bytes(reference), bytes(subject));
    }

    private static List<byte[]> words(String... words) {
        return java.util.Arrays.stream(words).map(ComparisonTest::bytes).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
