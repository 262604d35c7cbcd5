package dev.sluice.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrackingTableTest {
    private final InMemoryBroker broker = new InMemoryBroker();
    private final InMemoryBroker.Client reader = broker.client().resp3();

    @AfterEach
    void close() {
        broker.close();
    }

    private void limit(String keys) {
        broker.run("CONFIG", "SET", "tracking-table-max-keys", keys).is("OK");
    }

    @Test
    void isOffWhileNobodyTracks() {
        reader.run("GET", "k");
        assertThat(broker.tracking.isOn()).isFalse();
        reader.run("CLIENT", "TRACKING", "ON").is("OK");
        assertThat(broker.tracking.isOn()).isTrue();
        reader.run("GET", "k");
        assertThat(broker.tracking.bytes()).isPositive();
        reader.run("CLIENT", "TRACKING", "OFF").is("OK");
        assertThat(broker.tracking.isOn()).isFalse();
        assertThat(broker.tracking.bytes()).isZero();
        reader.run("CLIENT", "TRACKING", "ON").is("OK");
        reader.close(false);
        assertThat(broker.tracking.isOn()).isFalse();
    }

    @Test
    void longNamesDoNotFillTheMemory() {
        broker.run("CONFIG", "SET", "tracking-table-bytes-max", "1mb").is("OK");
        reader.run("CLIENT", "TRACKING", "ON");
        for (int i = 0; i < 100; i++) {
            reader.run("GET", "k".repeat(50_000) + i);
            assertThat(broker.tracking.bytes()).isLessThanOrEqualTo(1 << 20);
        }
        assertThat(broker.tracking.keys()).isBetween(15, 25);
        reader.run("GET", "k".repeat(2 << 20));
        assertThat(broker.tracking.bytes()).isLessThanOrEqualTo(1 << 20);
    }

    @Test
    void whoChangesManyKeysIsToldOfAllBehindTheReply() {
        reader.run("CLIENT", "TRACKING", "ON");
        String[] del = new String[50_001];
        del[0] = "DEL";
        for (int i = 1; i < del.length; i++) {
            broker.run("SET", "k" + i, "v");
            reader.run("GET", "k" + i);
            del[i] = "k" + i;
        }
        assertThat(reader.run(del).text())
                .startsWith("[50000, >[invalidate, [k1]]")
                .contains("[k50000]");
        assertThat(broker.tracking.keys()).isZero();
    }

    @Test
    void othersAreToldAtOnceAndOnce() {
        reader.run("CLIENT", "TRACKING", "ON");
        reader.run("MGET", "k", "l");
        broker.run("SET", "k", "1").is("OK");
        broker.run("SET", "k", "2").is("OK");
        assertThat(reader.pushed).containsExactly(">[invalidate, [k]]");
        assertThat(broker.tracking.keys()).isOne();
    }

    @Test
    void whoChangesItIsToldBehindTheReply() {
        reader.run("CLIENT", "TRACKING", "ON");
        reader.run("GET", "k");
        reader.run("INCR", "k").is("[1, >[invalidate, [k]]]");
        assertThat(reader.pushed).isEmpty();
    }

    @Test
    void whatGoesByItselfIsTold() {
        reader.run("CLIENT", "TRACKING", "ON");
        broker.run("SET", "k", "v", "PX", "10");
        reader.run("GET", "k");
        broker.pass(100);
        broker.run("GET", "k").isNull();
        assertThat(reader.pushed).containsExactly(">[invalidate, [k]]");
    }

    @Test
    void whatTheReaderItselfFindsDeadIsToldAndReadAgain() {
        reader.run("CLIENT", "TRACKING", "ON");
        broker.run("SET", "k", "v", "PX", "10");
        reader.run("GET", "k");
        broker.pass(100);
        reader.run("GET", "k").is("[(nil), >[invalidate, [k]]]");
        broker.run("SET", "k", "w");
        assertThat(reader.pushed).containsExactly(">[invalidate, [k]]");
    }

    @Test
    void whatIsEvictedIsTold() {
        reader.run("CLIENT", "TRACKING", "ON");
        broker.run("SET", "k", "v");
        reader.run("GET", "k");
        broker.changes.evicted(broker.keyspace.database(0), Bytes.of("k"));
        assertThat(reader.pushed).containsExactly(">[invalidate, [k]]");
    }

    @Test
    void theTableForgetsAnyKeysAboveItsLimitAndSaysSo() {
        reader.run("CLIENT", "TRACKING", "ON", "NOLOOP");
        for (int i = 0; i < 250; i++) {
            reader.run("GET", "k" + i);
        }
        limit("1");
        broker.tracking.limit();
        assertThat(broker.tracking.keys()).isEqualTo(150);
        broker.tracking.limit();
        assertThat(broker.tracking.keys()).isOne();
        assertThat(Set.copyOf(reader.pushed)).hasSize(249);
        limit("0");
        reader.run("MGET", "a", "b", "c");
        broker.tracking.limit();
        assertThat(broker.tracking.keys()).isEqualTo(4);
    }

    @Test
    void whatIsForgottenForTheLimitIsToldBeforeTheReply() {
        reader.run("CLIENT", "TRACKING", "ON");
        reader.run("MGET", "a", "b");
        limit("1");
        reader.run("MULTI").is("OK");
        assertThat(reader.pushed).hasSize(1);
    }

    @Test
    void broadcastsWaitForTheEndOfTheTurnAndKnowWhoChangedLast() {
        reader.run("CLIENT", "TRACKING", "ON", "BCAST", "NOLOOP", "PREFIX", "a", "PREFIX", "b");
        InMemoryBroker.Client all = broker.client().resp3();
        all.run("CLIENT", "TRACKING", "ON", "BCAST");
        broker.run("MSET", "b1", "1", "a2", "1", "c", "1", "a1", "1");
        reader.run("SET", "a1", "2").is("OK");
        assertThat(all.pushed).isEmpty();
        broker.endTurn();
        assertThat(all.pushed).containsExactly(">[invalidate, [a1, a2, b1, c]]");
        assertThat(reader.pushed).containsExactly(">[invalidate, [a2]]", ">[invalidate, [b1]]");
        reader.run("SET", "a1", "3", "PX", "10");
        broker.endTurn();
        broker.pass(100);
        reader.run("GET", "a1").isNull();
        broker.endTurn();
        assertThat(reader.pushed).endsWith(">[invalidate, [a1]]").hasSize(3);
    }

    @Test
    void aCollectionWhoseLastMemberExpiresGoesByItselfToo() {
        reader.run("CLIENT", "TRACKING", "ON", "BCAST", "NOLOOP");
        reader.run("HSET", "h", "f", "v");
        reader.run("HPEXPIRE", "h", "10", "FIELDS", "1", "f");
        broker.endTurn();
        assertThat(reader.pushed).isEmpty();
        broker.pass(100);
        reader.run("HGET", "h", "f").isNull();
        broker.endTurn();
        assertThat(reader.pushed).containsExactly(">[invalidate, [h]]");
    }

    @Test
    void aRedirectionGoesToASubscriberOrIsBroken() {
        InMemoryBroker.Client listener = broker.client();
        String id = listener.run("CLIENT", "ID").text();
        reader.run("CLIENT", "TRACKING", "ON", "REDIRECT", id).is("OK");
        reader.run("GET", "k");
        broker.run("SET", "k", "1");
        assertThat(listener.pushed).isEmpty();
        listener.run("SUBSCRIBE", "__redis__:invalidate");
        reader.run("GET", "k");
        broker.run("SET", "k", "1");
        broker.run("FLUSHALL");
        assertThat(listener.pushed)
                .containsExactly(">[message, __redis__:invalidate, [k]]", ">[message, __redis__:invalidate, (nil)]");
        assertThat(reader.pushed).isEmpty();
        reader.run("GET", "k");
        listener.close(false);
        broker.run("SET", "k", "1");
        assertThat(reader.pushed).containsExactly(">[tracking-redir-broken, " + id + "]");
        assertThat(broker.run("CLIENT", "LIST").text()).contains(" flags=tR ", " redir=" + id);
    }

    @Test
    void figuresAndFlags() {
        reader.run("CLIENT", "TRACKING", "ON");
        reader.run("MGET", "a", "b");
        InMemoryBroker.Client second = broker.client();
        second.run("CLIENT", "TRACKING", "ON");
        second.run("GET", "a");
        InMemoryBroker.Client all = broker.client();
        all.run("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "x", "PREFIX", "y");
        assertThat(broker.run("INFO").text())
                .contains(
                        "tracking_clients:3\r\n",
                        "tracking_total_keys:2\r\n",
                        "tracking_total_items:3\r\n",
                        "tracking_total_prefixes:2\r\n");
        assertThat(broker.run("CLIENT", "LIST").text()).contains(" flags=t ", " flags=tB ", " redir=0 ");
        second.close(false);
        all.close(false);
        assertThat(broker.tracking.items()).isEqualTo(3); // until the key changes
        assertThat(broker.tracking.prefixes()).isZero();
        broker.run("SET", "a", "1");
        assertThat(broker.tracking.items()).isOne();
        reader.run("RESET").is("RESET");
        assertThat(broker.tracking.clients()).isZero();
    }

    /** Whatever several clients read and change: who has read is told once, who has not is told nothing. */
    @Test
    void asAModelSays() {
        long seed = Long.getLong("sluice.seed", 1);
        Random random = new Random(seed);
        List<InMemoryBroker.Client> clients = new ArrayList<>();
        List<Set<String>> cached = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(broker.client().resp3());
            clients.get(i).run("CLIENT", "TRACKING", "ON");
            cached.add(new HashSet<>());
        }
        for (int round = 0; round < 5000; round++) {
            int who = random.nextInt(4);
            String key = "k" + random.nextInt(50);
            if (random.nextInt(3) > 0) {
                clients.get(who).run("GET", key);
                cached.get(who).add(key);
                continue;
            }
            broker.run("SET", key, "v");
            for (int i = 0; i < 4; i++) {
                String expected = cached.get(i).remove(key) ? "[>[invalidate, [" + key + "]]]" : "[]";
                assertThat(clients.get(i).pushed.toString()).as("seed " + seed).isEqualTo(expected);
                clients.get(i).pushed.clear();
            }
            assertThat(broker.tracking.items())
                    .as("seed " + seed)
                    .isEqualTo(cached.stream().mapToInt(Set::size).sum());
        }
    }
}
