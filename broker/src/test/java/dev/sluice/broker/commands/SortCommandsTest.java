package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.streams.message.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SortCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void fieldsOfHashesAreWeightsAndResults() {
        broker.run("RPUSH", "l", "1", "2", "3");
        for (int i = 1; i <= 2; i++) {
            broker.keyspace.database(0).hashOrNew(Bytes.of("user_" + i)).put(Bytes.of("age"), Bytes.of(90 - i));
        }
        broker.run("SORT", "l", "BY", "user_*->age", "GET", "#", "GET", "user_*->age", "GET", "user_*")
                .is("[3, (nil), (nil), 2, 88, (nil), 1, 89, (nil)]");
        broker.run("SORT", "l", "BY", "user_*->name", "DESC").is("[3, 2, 1]");
    }

    @Test
    void onlyStoringIsJournalled() {
        broker.run("SADD", "s", "b", "c", "a");
        broker.run("SORT", "s", "ALPHA").is("[a, b, c]");
        broker.run("SORT", "none", "STORE", "t").is(0);
        assertThat(broker.journalled).hasSize(1);
        broker.run("SORT", "s", "ALPHA", "STORE", "t").is(3);
        broker.run("SORT", "none", "STORE", "t").is(0);
        assertThat(broker.journalled).hasSize(3);
        broker.run("EXISTS", "t").is(0);
    }

    @Test
    void amongEqualWeightsElementsDecide() {
        broker.run("RPUSH", "l", "b", "a", "c");
        broker.run("MSET", "w_a", "1", "w_b", "1", "w_c", "1");
        broker.run("SORT", "l", "BY", "w_*").is("[a, b, c]");
        broker.run("SORT", "l", "BY", "w_*", "ALPHA", "DESC").is("[c, b, a]");
    }
}
