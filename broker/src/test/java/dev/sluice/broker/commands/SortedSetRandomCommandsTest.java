package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SortedSetRandomCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void samplesAreOfDifferentMembers() {
        for (int size : new int[] {10, 100, 3_000}) {
            Set<String> members = fill(size);
            for (int count : new int[] {1, 3, size / 4, size / 2, size - 1, size, size + 1}) {
                List<String> sample = items("ZRANDMEMBER", "z", Integer.toString(count));
                assertThat(sample)
                        .hasSize(Math.min(count, size))
                        .doesNotHaveDuplicates()
                        .isSubsetOf(members);
            }
            assertThat(items("ZRANDMEMBER", "z", "-5000")).hasSize(5_000).isSubsetOf(members);
        }
    }

    @Test
    void eachMemberHasItsChance() {
        for (String count : new String[] {"1", "5", "20", "-7"}) {
            Set<String> members = fill(40);
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 1_000; i++) {
                seen.addAll(items("ZRANDMEMBER", "z", count));
            }
            assertThat(seen).isEqualTo(members);
        }
    }

    @Test
    void scoresAreThoseOfTheMembers() {
        fill(300);
        for (String count : new String[] {"1", "50", "200", "300", "-9"}) {
            List<String> pairs = items("ZRANDMEMBER", "z", count, "WITHSCORES");
            for (int i = 0; i < pairs.size(); i += 2) {
                assertThat(pairs.get(i)).isEqualTo("m" + pairs.get(i + 1));
            }
        }
    }

    @Test
    void aReplyWithoutEndIsRefused() {
        fill(2);
        broker.run("ZRANDMEMBER", "z", "-9223372036854775807").isError("ERR value is out of range");
        broker.run("ZRANDMEMBER", "z", "-9223372036854775807", "WITHSCORES").isError("ERR value is out of range");
    }

    private Set<String> fill(int size) {
        broker.run("DEL", "z");
        Set<String> members = new HashSet<>();
        for (int i = 0; i < size; i++) {
            broker.run("ZADD", "z", Integer.toString(i), "m" + i);
            members.add("m" + i);
        }
        return members;
    }

    private List<String> items(String... words) {
        String text = broker.run(words).text();
        return Arrays.asList(text.substring(1, text.length() - 1).split(", "));
    }
}
