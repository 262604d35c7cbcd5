package dev.sluice.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuotedWordsTest {
    @Test
    void blanksSeparate() {
        assertThat(QuotedWords.split("  a \t b\r\n")).containsExactly("a", "b");
        assertThat(QuotedWords.split("")).isEmpty();
    }

    @Test
    void doubleQuotesHaveEscapes() {
        assertThat(QuotedWords.split("\"a b\" \"\\x41\\n\\\"\\q\\x4\" \"\"")).containsExactly("a b", "A\n\"qx4", "");
    }

    @Test
    void singleQuotesEscapeOnlyThemselves() {
        assertThat(QuotedWords.split("'it\\'s' 'a\\n'")).containsExactly("it's", "a\\n");
    }

    @Test
    void quotesMayBeginInsideAWord() {
        assertThat(QuotedWords.split("ab\"c d\" e")).containsExactly("abc d", "e");
    }

    @Test
    void quotesMustEndAWord() {
        assertThat(QuotedWords.split("\"a\"b")).isNull();
        assertThat(QuotedWords.split("'a'b")).isNull();
        assertThat(QuotedWords.split("\"a")).isNull();
        assertThat(QuotedWords.split("'a\\'")).isNull();
        assertThat(QuotedWords.split("\"a\\")).isNull();
    }

    @Test
    void quotingGoesThereAndBack() {
        StringBuilder every = new StringBuilder();
        for (char c = 0; c < 256; c++) {
            every.append(c);
        }
        assertThat(QuotedWords.split(QuotedWords.quote(every.toString()))).isEqualTo(List.of(every.toString()));
        assertThat(QuotedWords.quote("a\"\\\n\u0001é")).isEqualTo("\"a\\\"\\\\\\n\\x01\\xe9\"");
    }
}
