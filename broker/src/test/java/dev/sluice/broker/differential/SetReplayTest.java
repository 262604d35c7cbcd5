package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Members that went by chance, which redis-server would not lose: what was journalled makes the same data once more. */
class SetReplayTest {
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
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                words.addAll(List.of("SADD", key()));
                for (int left = 1 + random.nextInt(60); left > 0; left--) {
                    words.add(member());
                }
            }
            case 2 -> words.addAll(List.of("SPOP", key()));
            case 3 -> words.addAll(List.of("SPOP", key(), Integer.toString(1 << random.nextInt(9))));
            case 4 -> words.addAll(List.of("SPOP", key(), Integer.toString(random.nextInt(20))));
            case 5 -> words.addAll(List.of("SMOVE", key(), key(), member()));
            case 6 -> words.addAll(List.of("SUNIONSTORE", key(), key(), key()));
            default -> words.addAll(List.of(random.nextBoolean() ? "SDIFFSTORE" : "EXPIRE", key(), "10000"));
        }
        return words;
    }

    private String key() {
        return "k" + random.nextInt(6);
    }

    private String member() {
        return (random.nextInt(20) == 0 ? "m" : "") + random.nextInt(1_000);
    }
}
