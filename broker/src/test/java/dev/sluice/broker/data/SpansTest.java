package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpansTest {
    private static final int PAGES = 150;

    private record Span(int first, int count) {}

    @Test
    void takesTheLowestThatFits() {
        Spans spans = new Spans(10);
        assertThat(spans.take(4)).isZero();
        assertThat(spans.take(4)).isEqualTo(4);
        spans.give(0, 4);
        assertThat(spans.take(5)).isEqualTo(-1);
        assertThat(spans.take(2)).isZero();
        assertThat(spans.longest()).isEqualTo(2);
        assertThat(spans.used()).isEqualTo(6);
        assertThat(spans.free()).isEqualTo(4);
        spans.give(4, 4);
        assertThat(spans.take(8)).isEqualTo(2);
        assertThat(spans.longest()).isZero();
        assertThat(spans.take(1)).isEqualTo(-1);
    }

    @Test
    void agreesWithAnArrayOfFlags() {
        Random random = new Random(Seed.SEED);
        Spans spans = new Spans(PAGES);
        boolean[] taken = new boolean[PAGES];
        List<Span> model = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            if (random.nextBoolean()) {
                int count = 1 + random.nextInt(random.nextBoolean() ? 4 : 60);
                int first = firstFit(taken, count);
                assertThat(spans.take(count))
                        .as("%s step %d", Seed.text(), step)
                        .isEqualTo(first);
                if (first >= 0) {
                    model.add(new Span(first, count));
                    set(taken, first, count, true);
                }
            } else if (!model.isEmpty()) {
                Span span = model.remove(random.nextInt(model.size()));
                spans.give(span.first, span.count);
                set(taken, span.first, span.count, false);
            }
            assertThat(spans.longest()).as("%s step %d", Seed.text(), step).isEqualTo(longest(taken));
            assertThat(spans.allFree()).isEqualTo(model.isEmpty());
        }
    }

    private static void set(boolean[] taken, int first, int count, boolean value) {
        for (int i = first; i < first + count; i++) {
            taken[i] = value;
        }
    }

    private static int firstFit(boolean[] taken, int count) {
        int length = 0;
        for (int i = 0; i < taken.length; i++) {
            length = taken[i] ? 0 : length + 1;
            if (length == count) {
                return i - count + 1;
            }
        }
        return -1;
    }

    private static int longest(boolean[] taken) {
        int most = 0;
        int length = 0;
        for (boolean page : taken) {
            length = page ? 0 : length + 1;
            most = Math.max(most, length);
        }
        return most;
    }
}
