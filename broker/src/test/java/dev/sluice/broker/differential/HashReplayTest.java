package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Fields that expire, which redis-server does not know: what was journalled makes the same data once more. */
class HashReplayTest {
    private final long seed = Long.getLong("sluice.seed", 1);
    private final Random random = new Random(seed);

    @Test
    void theJournalMakesTheSameData() throws IOException {
        assertThat(JournalReplay.refusals(seed, this::command))
                .as("sluice.seed=%d", seed)
                .isEmpty();
    }

    private List<String> command() {
        List<String> words = new ArrayList<>();
        switch (random.nextInt(14)) {
            case 0, 1 -> {
                words.addAll(List.of("HSET", key()));
                for (int left = 1 + random.nextInt(60); left > 0; left--) {
                    words.addAll(List.of(field(), number()));
                }
            }
            case 2 -> words.addAll(List.of("HDEL", key(), field(), field(), field()));
            case 3 -> words.addAll(List.of("HINCRBY", key(), whole(), number()));
            case 4, 5 -> words.addAll(List.of("HINCRBYFLOAT", key(), fraction(), number() + ".5"));
            case 6 -> words.addAll(List.of("HEXPIRE", key(), time(), "FIELDS", "2", field(), field()));
            case 7 -> words.addAll(List.of("HPERSIST", key(), "FIELDS", "2", field(), field()));
            case 8 -> words.addAll(List.of("HGETDEL", key(), "FIELDS", "2", field(), field()));
            case 9 -> words.addAll(List.of("HGETEX", key(), "EX", time(), "FIELDS", "2", field(), field()));
            case 10 -> words.addAll(List.of("HGETEX", key(), "PERSIST", "FIELDS", "2", field(), field()));
            case 11 -> words.addAll(List.of("HSETEX", key(), "EX", time(), "FIELDS", "1", field(), number()));
            case 12 ->
                words.addAll(List.of("HSETEX", key(), any("FNX", "FXX"), "KEEPTTL", "FIELDS", "1", field(), number()));
            default -> words.addAll(List.of("COPY", key(), key() + "copy", "REPLACE"));
        }
        return words;
    }

    /** In seconds: over, or far away. */
    private String time() {
        return any("0", "10000", "20000", "30000");
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String key() {
        return "k" + random.nextInt(6);
    }

    private String field() {
        return random.nextBoolean() ? whole() : fraction();
    }

    private String whole() {
        return "f" + random.nextInt(random.nextInt(10) == 0 ? 1_000 : 30);
    }

    private String fraction() {
        return "d" + random.nextInt(30);
    }

    private String number() {
        return Integer.toString(random.nextInt(1_000));
    }
}
