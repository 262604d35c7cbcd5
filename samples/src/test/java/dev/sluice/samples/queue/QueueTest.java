package dev.sluice.samples.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QueueTest {
    @Test
    void everyJobIsDoneAlthoughAWorkerIsLost() {
        List<String> lines = new CopyOnWriteArrayList<>();
        try (Broker broker = Broker.start(Settings.of(), new Ports(Ports.OFF, Ports.ANY, Ports.OFF))) {
            Queue.run("127.0.0.1", broker.rsocketPort(), lines::add);
        }
        assertThat(lines)
                .filteredOn(line -> line.matches("bob is lost with job-\\d+ in hand"))
                .hasSize(1);
        assertThat(lines)
                .filteredOn(line -> line.contains(" did "))
                .extracting(line -> line.substring(line.indexOf("job-")))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 12).mapToObj(i -> "job-" + i).toList());
        assertThat(lines).last().isEqualTo("12 jobs, all done");
    }
}
