package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HashRandomCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void samplesAreOfDifferentFields() {
        for (int size : new int[] {10, 400, 3_000}) {
            fill(size);
            for (int count : new int[] {1, 3, size / 4, size / 2, size - 1, size, size + 1}) {
                List<String> sample = items(broker.run("HRANDFIELD", "h", Integer.toString(count)));
                assertThat(sample).hasSize(Math.min(count, size)).doesNotHaveDuplicates();
                assertThat(fields()).containsAll(sample);
            }
            assertThat(items(broker.run("HRANDFIELD", "h", "-5000")))
                    .hasSize(5_000)
                    .isSubsetOf(fields());
        }
    }

    @Test
    void valuesAreThoseOfTheFields() {
        for (int size : new int[] {10, 3_000}) {
            fill(size);
            for (String count : new String[] {"5", "-5", "9", "5000"}) {
                List<String> pairs = items(broker.run("HRANDFIELD", "h", count, "WITHVALUES"));
                for (int i = 0; i < pairs.size(); i += 2) {
                    assertThat(pairs.get(i + 1)).isEqualTo("v" + pairs.get(i));
                }
            }
        }
    }

    @Test
    void eachFieldHasItsChance() {
        fill(40);
        for (String count : new String[] {"1", "5", "20", "-7"}) {
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 1_000; i++) {
                seen.addAll(items(broker.run("HRANDFIELD", "h", count)));
            }
            assertThat(seen).isEqualTo(fields());
        }
    }

    @Test
    void countsAreChecked() {
        fill(2);
        broker.run("HRANDFIELD", "h", "x").isError("ERR value is not an integer or out of range");
        broker.run("HRANDFIELD", "h", "1", "x").isError("ERR syntax error");
        broker.run("HRANDFIELD", "h", "-4611686018427387904", "WITHVALUES").isError("ERR value is out of range");
        broker.run("HRANDFIELD", "h", "0").is("[]");
        broker.run("HRANDFIELD", "none").isNull();
        broker.run("HRANDFIELD", "none", "3").is("[]");
    }

    @Test
    void aReplyWithoutEndIsRefused() {
        fill(2);
        broker.run("HRANDFIELD", "h", "-9223372036854775807").isError("ERR value is out of range");
    }

    private void fill(int size) {
        broker.run("DEL", "h");
        broker.run(Stream.concat(
                        Stream.of("HSET", "h"),
                        IntStream.range(0, size).boxed().flatMap(i -> Stream.of("f" + i, "vf" + i)))
                .toArray(String[]::new));
    }

    private Set<String> fields() {
        return new HashSet<>(items(broker.run("HKEYS", "h")));
    }

    private static List<String> items(InMemoryBroker.Answer answer) {
        String text = answer.text();
        return text.equals("[]")
                ? List.of()
                : Arrays.asList(text.substring(1, text.length() - 1).split(", "));
    }
}
