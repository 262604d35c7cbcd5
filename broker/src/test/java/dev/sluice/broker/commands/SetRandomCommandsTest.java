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

class SetRandomCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void whatIsPoppedIsJournalledAsRemoved() {
        add("s", 3);
        String member = broker.run("SPOP", "s").text();
        assertThat(broker.journalled.getLast()).contains("SREM", member).doesNotContain("SPOP");
        broker.run("SISMEMBER", "s", member).is(0);
        broker.run("SPOP", "s", "2");
        assertThat(broker.journalled.getLast()).contains("DEL").doesNotContain("SPOP");
        broker.run("EXISTS", "s").is(0);
        broker.run("SPOP", "s").isNull();
        broker.run("SPOP", "s", "2").is("[]");
        assertThat(broker.journalled).hasSize(3);
    }

    @Test
    void theLastOneTakesTheSetAlong() {
        broker.run("SADD", "s", "a");
        broker.run("SPOP", "s").is("a");
        broker.run("EXISTS", "s").is(0);
    }

    /** Also where only a few stay, which is done another way. */
    @Test
    void popsDifferentMembers() {
        for (int size : new int[] {20, 2_000}) {
            for (int count : new int[] {1, size / 2, size * 9 / 10, size - 1, size, size + 1}) {
                add("s", size);
                Set<String> before = members("s");
                broker.journalled.clear();
                List<String> taken = items(broker.run("SPOP", "s", Integer.toString(count)));
                assertThat(taken).hasSize(Math.min(count, size)).doesNotHaveDuplicates();
                before.removeAll(taken);
                assertThat(members("s")).isEqualTo(before);
                assertThat(broker.journalled).hasSizeBetween(1, 2);
                broker.run("DEL", "s");
            }
        }
    }

    @Test
    void aTimeToLiveStaysWithTheFewThatStay() {
        add("s", 100);
        broker.run("PEXPIRE", "s", "5000");
        broker.run("SPOP", "s", "99");
        broker.run("PTTL", "s").is(5000);
        broker.run("SCARD", "s").is(1);
    }

    @Test
    void countsAreChecked() {
        add("s", 2);
        broker.run("SPOP", "s", "-1").isError("ERR value is out of range, must be positive");
        broker.run("SPOP", "s", "x").isError("ERR value is out of range, must be positive");
        broker.run("SPOP", "s", "1", "1").isError("ERR syntax error");
        broker.run("SRANDMEMBER", "s", "x").isError("ERR value is not an integer or out of range");
        broker.run("SRANDMEMBER", "s", "-9223372036854775808")
                .isError("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
    }

    @Test
    void aReplyWithoutEndIsRefused() {
        add("s", 2);
        broker.run("SRANDMEMBER", "s", "-9223372036854775807").isError("ERR value is out of range");
    }

    @Test
    void samplesAreOfDifferentMembers() {
        for (String prefix : new String[] {"", "m"}) {
            for (int size : new int[] {10, 400, 3_000}) {
                broker.run("DEL", "s");
                add("s", prefix, size);
                for (int count : new int[] {1, 3, size / 4, size / 2, size - 1, size, size + 1}) {
                    List<String> sample = items(broker.run("SRANDMEMBER", "s", Integer.toString(count)));
                    assertThat(sample).hasSize(Math.min(count, size)).doesNotHaveDuplicates();
                    assertThat(members("s")).containsAll(sample);
                }
                assertThat(items(broker.run("SRANDMEMBER", "s", "-5000")))
                        .hasSize(5_000)
                        .isSubsetOf(members("s"));
            }
        }
    }

    @Test
    void eachMemberHasItsChance() {
        for (String count : new String[] {"1", "5", "20", "-7"}) {
            add("s", 40);
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 1_000; i++) {
                seen.addAll(items(broker.run("SRANDMEMBER", "s", count)));
            }
            assertThat(seen).isEqualTo(members("s"));
        }
    }

    private void add(String key, int size) {
        add(key, "m", size);
    }

    private void add(String key, String prefix, int size) {
        broker.run(
                Stream.concat(Stream.of("SADD", key), IntStream.range(0, size).mapToObj(i -> prefix + i))
                        .toArray(String[]::new));
    }

    private Set<String> members(String key) {
        return new HashSet<>(items(broker.run("SMEMBERS", key)));
    }

    private static List<String> items(InMemoryBroker.Answer answer) {
        String text = answer.text();
        return text.equals("[]")
                ? List.of()
                : Arrays.asList(text.substring(1, text.length() - 1).split(", "));
    }
}
