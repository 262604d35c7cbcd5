package dev.sluice.streams.rsocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    private static boolean javaAccepts(byte[] bytes) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    @Test
    void everyCharacterIsValidAndEverySurrogateIsNot() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            byte[] bytes = c < 0x10000 && Character.isSurrogate((char) c)
                    ? new byte[] {(byte) (0xe0 | c >> 12), (byte) (0x80 | c >> 6 & 0x3f), (byte) (0x80 | c & 0x3f)}
                    : Character.toString(c).getBytes(StandardCharsets.UTF_8);
            boolean surrogate = c < 0x10000 && Character.isSurrogate((char) c);
            if (Utf8.isValid(Bytes.of(bytes)) == surrogate) {
                assertThat(c).as("code point").isNull();
            }
        }
    }

    @Test
    void allOfTwoBytesAndRandomOfMoreAreJudgedAsByJava() {
        for (int i = 0; i < 0x10000; i++) {
            byte[] bytes = {(byte) (i >> 8), (byte) i};
            assertThat(Utf8.isValid(Bytes.of(bytes))).isEqualTo(javaAccepts(bytes));
        }
        Random random = new Random(5);
        int[] interesting = {
            0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5
        };
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(6)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = (byte) interesting[random.nextInt(interesting.length)];
            }
            assertThat(Utf8.isValid(Bytes.of(bytes))).isEqualTo(javaAccepts(bytes));
        }
    }
}
