package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** String commands that redis-server 7.0 does not know, at random: what was journalled makes the same data once more. */
class NewerStringCommandsReplayTest {
    private final long seed = Long.getLong("sluice.seed", 1);
    private final Random random = new Random(seed);

    @Test
    void theJournalMakesTheSameData() throws IOException {
        List<String> refusals = JournalReplay.refusals(seed, this::command);
        assertThat(refusals).as("sluice.seed=%d", seed).noneMatch(refusal -> refusal.contains("internal error"));
        assertThat(refusals.size())
                .as("sluice.seed=%d: refusals", seed)
                .isBetween(50, 2_500 * Integer.getInteger("sluice.scale", 1));
    }

    private List<String> command() {
        List<String> words = new ArrayList<>();
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                add(words, "SET", key(), value());
                options(words, 2, this::condition, this::lifetime, () -> "GET");
            }
            case 2 -> {
                add(words, random.nextBoolean() ? "DELEX" : "DELIFEQ", key());
                add(words, words.getFirst().equals("DELIFEQ") ? value() : condition());
            }
            case 3 -> {
                add(words, "MSETEX", "2", key(), value(), key(), value());
                options(words, 2, () -> any("NX", "XX"), this::lifetime);
            }
            case 4 -> add(words, "INCRBYFLOAT", key(), any("0.1", "-1.5", "1e3", "17"));
            case 5 -> add(words, any("GETDEL", "DEL", "DIGEST", "PERSIST"), key());
            default -> {
                add(words, "INCREX", key());
                options(
                        words,
                        4,
                        this::increment,
                        this::bound,
                        this::lifetime,
                        () -> any("SATURATE", "ENX", "PERSIST"));
            }
        }
        return words;
    }

    @SafeVarargs
    private void options(List<String> words, int most, java.util.function.Supplier<String>... choices) {
        for (int left = random.nextInt(most + 1); left > 0; left--) {
            add(words, choices[random.nextInt(choices.length)].get());
        }
    }

    private static void add(List<String> words, String... more) {
        for (String text : more) {
            words.addAll(List.of(text.split(" ")));
        }
    }

    private String key() {
        return "k" + random.nextInt(8);
    }

    private String value() {
        return any("1", "2", "3.5", "v", "w", Integer.toString(random.nextInt(20)));
    }

    private String condition() {
        return any("IFEQ ", "IFNE ") + value();
    }

    private String increment() {
        return any("BYINT 3", "BYINT -7", "BYINT 9223372036854775807", "BYFLOAT 0.25", "BYFLOAT -3.1");
    }

    private String bound() {
        return any("LBOUND -20", "UBOUND 30", "UBOUND 5.5", "LBOUND 0");
    }

    private String lifetime() {
        return any("EX 10000", "PX 90000000", "EXAT 4000000000", "PXAT 4000000000000", "EXAT 1", "KEEPTTL", "PERSIST");
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
