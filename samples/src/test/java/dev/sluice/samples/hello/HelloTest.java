package dev.sluice.samples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class HelloTest {
    @Test
    void bothClientsMeetWorkAndRank() {
        List<String> lines = new CopyOnWriteArrayList<>();
        try (Broker broker = Broker.start(Settings.of(), new Ports(Ports.ANY, Ports.ANY, Ports.OFF))) {
            Hello.run("127.0.0.1", broker.respPort(), broker.rsocketPort(), lines::add);
        }
        assertThat(lines)
                .containsExactly(
                        "news: hello from a Redis client",
                        "job:  paint",
                        "job:  polish",
                        "job:  pack",
                        " 1.   player-8 96",
                        " 2.   player-5 85",
                        " 3.   player-2 74",
                        " 4.   player-10 70",
                        " 5.   player-7 59",
                        " 6.   player-4 48",
                        " 7.   player-12 44",
                        " 8.   player-1 37",
                        " 9.   player-9 33",
                        "10.   player-6 22");
    }
}
