package dev.sluice.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.keyspace.Eviction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientMemoryTest {
    private static final long KB = 1024;
    private static final long MB = 1024 * KB;

    private final InMemoryBroker broker = new InMemoryBroker();
    private final ClientMemory memory = broker.clients;

    @AfterEach
    void close() {
        broker.close();
    }

    private InMemoryBroker.Client holding(long bytes) {
        InMemoryBroker.Client client = broker.client();
        client.inputBytes = bytes;
        memory.update(client.session);
        return client;
    }

    private long held() {
        return broker.sessions.all().stream().mapToLong(Session::heldBytes).sum();
    }

    @Test
    void aSettingIsBytesOrAShareOfMaxmemory() {
        assertThat(ClientMemory.bytesMax(0, MB)).isZero();
        assertThat(ClientMemory.bytesMax(3 * MB, 0)).isEqualTo(3 * MB);
        assertThat(ClientMemory.bytesMax(-5, 100 * MB)).isEqualTo(5 * MB);
        assertThat(ClientMemory.bytesMax(-5, 0)).isEqualTo(Long.MAX_VALUE);
        assertThat(ClientMemory.bytesMax(1, 0)).isEqualTo(128 * KB);
        assertThat(ClientMemory.bytesMax(-1, MB)).isEqualTo(128 * KB);
    }

    @Test
    void countsOnlyWhenItMatters() {
        holding(MB);
        assertThat(memory.bytes()).isZero();
        memory.limit(0, true);
        assertThat(memory.bytes()).isEqualTo(held());
        memory.limit(0, false);
        assertThat(memory.bytes()).isZero();
    }

    @Test
    void theLargestGoFirstAndOnlyAsManyAsNeeded() {
        memory.limit(100 * MB, false);
        List<InMemoryBroker.Client> small = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            small.add(holding(100 * KB));
        }
        InMemoryBroker.Client large = holding(8 * MB);
        InMemoryBroker.Client largest = holding(70 * MB);
        assertThat(memory.isOver()).isFalse();
        memory.limit(10 * MB, false);
        assertThat(memory.isOver()).isTrue();
        memory.evict();
        assertThat(largest.closed).isTrue();
        assertThat(large.closed).isFalse();
        assertThat(small).noneMatch(client -> client.closed);
        assertThat(memory.evicted()).isEqualTo(1);
        assertThat(memory.bytes()).isEqualTo(held());
    }

    @Test
    void whoMayNotBeEvictedCountsButStays() {
        memory.limit(10 * MB, false);
        InMemoryBroker.Client protectedOne = holding(20 * MB);
        protectedOne.run("CLIENT", "NO-EVICT", "ON").is("OK");
        memory.update(protectedOne.session);
        InMemoryBroker.Client other = holding(100 * KB);
        memory.evict();
        assertThat(protectedOne.closed).isFalse();
        assertThat(other.closed).isTrue();
        assertThat(memory.isOver()).isTrue();
        protectedOne.run("CLIENT", "NO-EVICT", "OFF").is("OK");
        memory.look();
        assertThat(protectedOne.closed).isTrue();
        assertThat(memory.isOver()).isFalse();
    }

    @Test
    void whoHoldsLessByNowStays() {
        memory.limit(10 * MB, false);
        InMemoryBroker.Client shrunk = holding(9 * MB);
        InMemoryBroker.Client other = holding(2 * MB);
        shrunk.inputBytes = 0;
        memory.evict();
        assertThat(shrunk.closed).isFalse();
        assertThat(other.closed).isFalse();
        assertThat(memory.bytes()).isEqualTo(held());
    }

    @Test
    void growthThatNobodyReportsIsSeenWithinASecond() {
        memory.limit(10 * MB, false);
        List<InMemoryBroker.Client> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(holding(0));
        }
        many.get(1_234).inputBytes = 11 * MB;
        for (int tenths = 0; tenths < 11; tenths++) {
            memory.look();
        }
        assertThat(many.get(1_234).closed).isTrue();
        assertThat(memory.evicted()).isEqualTo(1);
        assertThat(memory.bytes()).isEqualTo(held());
    }

    @Test
    void whatIsQueuedWatchedSubscribedAndTrackedCounts() {
        InMemoryBroker.Client client = broker.client().resp3();
        long before = client.session.heldBytes();
        client.run("SUBSCRIBE", "a".repeat(1000));
        assertThat(client.session.heldBytes()).isGreaterThan(before + 1000);
        client.run("UNSUBSCRIBE");
        assertThat(client.session.heldBytes()).isEqualTo(before);
        client.run("WATCH", "k".repeat(2000));
        assertThat(client.session.heldBytes()).isGreaterThan(before + 2000);
        client.run("UNWATCH");
        assertThat(client.session.heldBytes()).isEqualTo(before);
        client.run("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "p".repeat(3000));
        assertThat(client.session.heldBytes()).isGreaterThan(before + 3000);
        client.run("CLIENT", "TRACKING", "OFF");
        assertThat(client.session.heldBytes()).isEqualTo(before);
        client.run("MULTI");
        client.run("SET", "k", "v".repeat(4000));
        assertThat(client.session.heldBytes()).isGreaterThan(before + 4000);
        client.run("DISCARD");
        assertThat(client.session.heldBytes()).isEqualTo(before);
        client.run("BLPOP", "q".repeat(5000), "0").waits();
        assertThat(client.session.heldBytes()).isGreaterThan(before + 5000);
    }

    @Test
    void whatClientsAreToldOfTheKeysThatGoDoesNotMakeMoreKeysGo() {
        memory.limit(0, true);
        InMemoryBroker.Client told = broker.client();
        for (int i = 0; i < 100; i++) {
            broker.run("SET", "k" + i, "x".repeat(10_000));
        }
        broker.keyspace.database(0);
        broker.changes.observe((database, key, event) -> {
            told.inputBytes += 20_000;
            memory.update(told.session);
        });
        broker.eviction.limit(
                broker.keyspace.bytesUsed() + memory.bytes() - 50_000, Eviction.Policy.ALLKEYS_RANDOM, 5, 100);
        broker.dispatcher.makeRoom();
        assertThat(broker.keyspace.evicted()).isBetween(4L, 8L);
    }
}
