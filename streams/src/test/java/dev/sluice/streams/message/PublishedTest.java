package dev.sluice.streams.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Published.Form;
import dev.sluice.streams.message.Published.Kind;
import org.junit.jupiter.api.Test;

class PublishedTest {
    private static Published published(Kind kind, String pattern, String channel, String message) {
        return new Published(kind, pattern == null ? null : Bytes.of(pattern), Bytes.of(channel), Bytes.of(message));
    }

    @Test
    void eachFormIsMadeOnce() {
        Published published = published(Kind.CHANNEL, null, "c", "m");
        Bytes first = published.encoded(Form.JSON, message -> Bytes.of("json"));
        assertThat(published.encoded(Form.JSON, message -> Bytes.of("again"))).isSameAs(first);
        assertThat(published.encoded(Form.CBOR, message -> Bytes.of("cbor"))).isEqualTo(Bytes.of("cbor"));
    }

    @Test
    void conflationGoesByChannelAndSubscription() {
        Object key = published(Kind.CHANNEL, null, "c", "1").conflationKey();
        assertThat(published(Kind.CHANNEL, null, "c", "2").conflationKey())
                .isEqualTo(key)
                .hasSameHashCodeAs(key);
        assertThat(published(Kind.SHARD, null, "c", "1").conflationKey()).isNotEqualTo(key);
        Object byPattern = published(Kind.PATTERN, "*", "c", "1").conflationKey();
        assertThat(byPattern).isNotEqualTo(key);
        assertThat(published(Kind.PATTERN, "*", "c", "2").conflationKey()).isEqualTo(byPattern);
        assertThat(published(Kind.PATTERN, "*", "d", "2").conflationKey()).isNotEqualTo(byPattern);
        assertThat(published(Kind.PATTERN, "c", "c", "2").conflationKey()).isNotEqualTo(byPattern);
    }
}
