package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Seeds;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys whose time is over and that nobody has removed yet: whoever looks at keys does not see them. */
class DeadKeysTest {
    private static final String[] MAKERS = {
        "SET k v",
        "SETBIT k 70000 1",
        "PFADD k a b",
        "RPUSH k a b",
        "SADD k a b",
        "SADD k 1 2",
        "HSET k f v",
        "ZADD k 1 a",
        "GEOADD k 13 38 Palermo"
    };

    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    private InMemoryBroker.Answer run(String line) {
        return broker.run(line.split(" "));
    }

    private void pause(boolean paused) {
        if (paused) {
            run("CLIENT PAUSE 1000000 WRITE").is("OK");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EXPIRETIME k,-2",
        "PEXPIRETIME k,-2",
        "TTL k,-2",
        "PTTL k,-2",
        "OBJECT ENCODING k,(nil)",
        "OBJECT IDLETIME k,(nil)",
        "OBJECT REFCOUNT k,(nil)",
        "MEMORY USAGE k,(nil)",
        "DUMP k,(nil)",
        "EXISTS k,0",
        "TOUCH k,0",
        "TYPE k,none",
        "RANDOMKEY,(nil)",
        "KEYS *,[]",
        "KEYS k,[]",
        "SCAN 0 COUNT 1000,'[0, []]'",
        "SCAN 0 COUNT 1000 MATCH k,'[0, []]'",
    })
    void aDeadKeyIsNotThere(String look, String expected) {
        for (boolean paused : new boolean[] {false, true}) {
            for (String maker : MAKERS) {
                run(maker);
                run("PEXPIRE k 10").is(1);
                pause(paused);
                broker.pass(10);
                assertThat(run(look).text())
                        .as("%s after %s, in its last ms", look, maker)
                        .isNotEqualTo(expected);
                broker.pass(1);
                assertThat(run(look).text())
                        .as("%s after %s, paused: %s", look, maker, paused)
                        .isEqualTo(expected);
                run("CLIENT UNPAUSE").is("OK");
                run("DEL k").is(0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HSET k a 1 b 2|HPEXPIRE k 10 FIELDS 2 a b",
                "SADD k a b|SPEXPIRE k 10 MEMBERS 2 a b",
                "ZADD k 1 a 2 b|ZPEXPIRE k 10 MEMBERS 2 a b"
            })
    void aCollectionWhoseMembersAreAllDeadIsNotThere(String makers) {
        for (String[] look : new String[][] {
            {"EXPIRETIME k", "-2"},
            {"OBJECT ENCODING k", "(nil)"},
            {"RANDOMKEY", "(nil)"},
            {"KEYS *", "[]"},
            {"SCAN 0 COUNT 1000", "[0, []]"},
            {"TYPE k", "none"}
        }) {
            for (String maker : makers.split("\\|")) {
                run(maker);
            }
            broker.pass(11);
            assertThat(run(look[0]).text()).as(look[0]).isEqualTo(look[1]);
        }
    }

    @Test
    void theSizeCountsDeadKeysUntilSomebodyComesAcrossThem() {
        run("SET a v PX 10");
        run("SET b v PX 10");
        run("SET c v");
        broker.pass(11);
        run("DBSIZE").is(3);
        run("GET a").isNull();
        run("DBSIZE").is(2);
        run("SCAN 0 COUNT 1000").is("[0, [c]]");
        run("DBSIZE").is(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void amongManyKeysOnlyThoseAliveAreShown(boolean paused) {
        long seed = Seeds.next();
        Random random = new Random(seed);
        Set<String> alive = new TreeSet<>();
        int keys = 500;
        for (int i = 0; i < keys; i++) {
            boolean dies = random.nextInt(4) > 0;
            String key = "k" + i;
            run("SET " + key + (dies ? " v PX " + (1 + random.nextInt(100)) : " v PX 1000"));
            if (!dies) {
                alive.add(key);
            }
        }
        pause(paused);
        broker.pass(101);
        for (int i = 0; i < 200; i++) {
            assertThat(alive).as("seed %d", seed).contains(run("RANDOMKEY").text());
        }
        Set<String> seen = new TreeSet<>();
        String cursor = "0";
        do {
            String[] page = run("SCAN " + cursor + " COUNT 7").text().split(", ", 2);
            cursor = page[0].substring(1);
            seen.addAll(names(page[1]));
        } while (!cursor.equals("0"));
        assertThat(seen).as("SCAN, seed %d", seed).isEqualTo(alive);
        assertThat(names(run("KEYS *").text())).as("KEYS, seed %d", seed).isEqualTo(alive);
        run("DBSIZE").is(paused ? keys : alive.size());
    }

    private static Set<String> names(String list) {
        Set<String> names = new TreeSet<>(
                Arrays.asList(list.replaceAll("[\\[\\],]", " ").strip().split(" +")));
        names.remove("");
        return names;
    }

    @Test
    void theDigestKnowsNothingOfThem() {
        InMemoryBroker debugged = new InMemoryBroker("enable-debug-command", "yes");
        debugged.run("SET", "k", "v");
        String digest = debugged.run("DEBUG", "DIGEST").text();
        debugged.run("SELECT", "1");
        debugged.run("PSETEX", "dead", "10", "v");
        debugged.pass(11);
        debugged.run("DBSIZE").is(1);
        debugged.run("DEBUG", "DIGEST").is(digest);
        debugged.close();
    }

    @Test
    void keysRemovesNothing() {
        run("PSETEX k 10 v").is("OK");
        broker.pass(11);
        run("KEYS *").is("[]");
        run("DBSIZE").is(1);
        run("SCAN 0").is("[0, []]");
        run("DBSIZE").is(0);
    }
}
