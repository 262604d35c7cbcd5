package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MissedTest {
    private final Missed missed = new Missed();

    private List<Reply> told() {
        List<Reply> told = new ArrayList<>();
        missed.tell(told::add);
        return told;
    }

    private static Reply push(Reply channel, long count) {
        return new Reply.Push(List.of(Bytes.of("missed"), channel, Reply.integer(count)));
    }

    @Test
    void isToldByChannelOnce() {
        assertThat(missed.isEmpty()).isTrue();
        missed.add(Bytes.of("a"));
        missed.add(Bytes.of("b"));
        missed.add(Bytes.of("a"));
        assertThat(missed.isEmpty()).isFalse();
        assertThat(told()).containsExactly(push(Bytes.of("a"), 2), push(Bytes.of("b"), 1));
        assertThat(missed.isEmpty()).isTrue();
        assertThat(told()).isEmpty();
    }

    @Test
    void namesAreBoundedAndCountsAreExact() {
        for (int i = 0; i < 10_000; i++) {
            missed.add(Bytes.of("channel" + i));
        }
        missed.add(Bytes.of("channel0"));
        missed.add(Bytes.of("x".repeat(Missed.NAMES_BYTES_MAX)));
        List<Reply> told = told();
        assertThat(told).hasSizeLessThan(Missed.NAMES_BYTES_MAX / 64);
        assertThat(told.getFirst()).isEqualTo(push(Bytes.of("channel0"), 2));
        assertThat(told.getLast()).isEqualTo(push(Reply.Null.STRING, 10_002 - (told.size() - 1) - 1));
    }
}
