package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import org.junit.jupiter.api.Test;

class BoundTest {
    @Test
    void scoresAreReadAsStrtodReadsThem() {
        assertThat(score("1.5")).isEqualTo(new Bound.OfScore(1.5, false));
        assertThat(score("(-inf")).isEqualTo(new Bound.OfScore(Double.NEGATIVE_INFINITY, true));
        assertThat(score("1e400")).isEqualTo(new Bound.OfScore(Double.POSITIVE_INFINITY, false));
        assertThat(score(" 0x10")).isEqualTo(new Bound.OfScore(16, false));
        assertThat(score("(")).isEqualTo(new Bound.OfScore(0, true));
        for (String text : new String[] {"abc", "nan", "1 ", "((1", "[1"}) {
            assertThatThrownBy(() -> score(text)).as(text).hasMessage("ERR min or max is not a float");
        }
    }

    @Test
    void membersStandBehindABracket() {
        assertThat(Bound.ofMember(Bytes.of("-"))).isEqualTo(new Bound.End(false));
        assertThat(Bound.ofMember(Bytes.of("+"))).isEqualTo(new Bound.End(true));
        assertThat(Bound.ofMember(Bytes.of("(a"))).isEqualTo(new Bound.OfMember(Bytes.of("a"), true));
        assertThat(Bound.ofMember(Bytes.of("["))).isEqualTo(new Bound.OfMember(Bytes.EMPTY, false));
        for (String text : new String[] {"", "a", "+a", "--"}) {
            assertThatThrownBy(() -> Bound.ofMember(Bytes.of(text)))
                    .as(text)
                    .isInstanceOf(CommandError.class)
                    .hasMessage("ERR min or max not valid string range item");
        }
    }

    private static Bound score(String text) {
        return Bound.ofScore(Bytes.of(text));
    }
}
