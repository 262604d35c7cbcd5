package dev.sluice.broker.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InfoTextTest {
    @Test
    void bytesAreShownTwice() {
        assertThat(bytes(0)).isEqualTo("m:0\r\nm_human:0B\r\n");
        assertThat(bytes(1023)).endsWith(":1023B\r\n");
        assertThat(bytes(1024)).endsWith(":1.00K\r\n");
        assertThat(bytes(1536 * 1024)).endsWith(":1.50M\r\n");
        assertThat(bytes(25_276_510_208L)).endsWith(":23.54G\r\n");
        assertThat(bytes(3L << 40)).endsWith(":3.00T\r\n");
    }

    private static String bytes(long value) {
        return new InfoText().bytes("m", value).toString();
    }

    @Test
    void fieldsOfEachKind() {
        InfoText text = new InfoText();
        text.field("n", -1)
                .field("s", "x y")
                .field("d", 1.005, 1)
                .percentage("p", 0.5)
                .idle("z");
        assertThat(text).hasToString("n:-1\r\ns:x y\r\nd:1.0\r\np:50.00%\r\nz:0\r\n");
    }
}
