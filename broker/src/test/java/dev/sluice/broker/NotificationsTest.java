package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NotificationsTest {
    private final InMemoryBroker broker = new InMemoryBroker("notify-keyspace-events", "KEAnm");
    private final InMemoryBroker.Client listener = broker.client();

    @BeforeEach
    void listen() {
        listener.run("PSUBSCRIBE", "__key*");
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void eachEventOnTheChannelOfTheKeyAndOnItsOwn() {
        broker.run("SET", "k", "v");
        assertThat(listener.pushed)
                .containsExactly(
                        "__keyspace@0__:k new", "__keyevent@0__:new k", "__keyspace@0__:k set", "__keyevent@0__:set k");
    }

    @Test
    void missesAndEndsAreTold() {
        broker.run("GET", "none");
        broker.run("RPUSH", "l", "a");
        broker.run("LPOP", "l");
        assertThat(listener.pushed)
                .filteredOn(message -> message.startsWith("__keyevent"))
                .containsExactly(
                        "__keyevent@0__:keymiss none",
                        "__keyevent@0__:new l",
                        "__keyevent@0__:rpush l",
                        "__keyevent@0__:lpop l",
                        "__keyevent@0__:del l");
    }

    @Test
    void whatGoesByItselfIsTold() {
        broker.run("SELECT", "3");
        broker.run("SET", "k", "v", "PX", "100");
        listener.pushed.clear();
        broker.pass(1000);
        broker.run("GET", "k");
        assertThat(listener.pushed).containsSubsequence("__keyevent@3__:expired k", "__keyevent@3__:keymiss k");
    }
}
