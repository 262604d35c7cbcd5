package dev.sluice.streams.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BytesTest {
    @Test
    void aViewEqualsAnArrayOfItsOwn() {
        Bytes view = Bytes.view("xhellox".getBytes(), 1, 5);
        assertThat(view).isEqualTo(Bytes.of("hello")).hasSameHashCodeAs(Bytes.of("hello"));
        assertThat(view.detached().array()).hasSize(5);
    }

    @Test
    void wordsAreMatchedWithoutRegardToCase() {
        assertThat(Bytes.of("gEt").is("GET")).isTrue();
        assertThat(Bytes.of("ge{").is("GE[")).isFalse();
        assertThat(Bytes.of("gets").is("GET")).isFalse();
    }

    @Test
    void orderIsByUnsignedBytes() {
        assertThat(Bytes.of(new byte[] {(byte) 0x80})).isGreaterThan(Bytes.of("a"));
        assertThat(Bytes.of("ab")).isGreaterThan(Bytes.of("a"));
    }

    @Test
    void startsWithGoesByTheBytesOfTheView() {
        Bytes view = Bytes.view(new byte[] {9, 1, 2, 3, 9}, 1, 3);
        assertThat(view.startsWith(Bytes.EMPTY)).isTrue();
        assertThat(view.startsWith(Bytes.of(new byte[] {1, 2}))).isTrue();
        assertThat(view.startsWith(Bytes.of(new byte[] {1, 2, 3}))).isTrue();
        assertThat(view.startsWith(Bytes.of(new byte[] {1, 2, 3, 9}))).isFalse();
        assertThat(view.startsWith(Bytes.of(new byte[] {2}))).isFalse();
    }
}
