package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.metric.MemoryUse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryCommandsTest {
    private static final long MB = 1 << 20;

    private final InMemoryBroker broker = new InMemoryBroker("enable-debug-command", "yes");

    @AfterEach
    void close() {
        broker.close();
    }

    private long usage(String key) {
        return Long.parseLong(broker.run("MEMORY", "USAGE", key).text());
    }

    @Test
    void usageIsWhatTheArenaCounts() {
        broker.run("SET", "first", "v"); // makes the table
        for (String[] write : new String[][] {
            {"SET", "s", "x".repeat(100)},
            {"SET", "rope", "x".repeat(200_000)},
            {"RPUSH", "l", "a", "b", "c"},
            {"ZADD", "z", "1", "a", "2", "b"},
            {"SET", "k".repeat(70_000), "v"},
        }) {
            long before = broker.keyspace.bytesUsed();
            broker.run(write);
            String key = write[1];
            assertThat(usage(key))
                    .as(write[0] + " " + key.charAt(0))
                    .isEqualTo(broker.keyspace.bytesUsed() - before + 8);
        }
    }

    @Test
    void samplesChangeNothing() {
        broker.run("RPUSH", "l", "a", "b");
        broker.run("MEMORY", "USAGE", "l", "SAMPLES", "1").is(usage("l"));
        broker.run("MEMORY", "USAGE", "l", "SAMPLES", "0", "samples", "3").is(usage("l"));
    }

    @Test
    void askingIsNoAccess() {
        broker.run("SET", "k", "v");
        broker.pass(5_000);
        broker.run("MEMORY", "USAGE", "k");
        broker.run("DEBUG", "DIGEST-VALUE", "k");
        broker.run("DEBUG", "OBJECT", "k");
        broker.run("OBJECT", "IDLETIME", "k").is(5);
    }

    @Test
    void statsAddUp() {
        broker.run("SET", "a", "v");
        broker.run("SELECT", "2");
        broker.run("SET", "b", "v");
        String stats = broker.run("MEMORY", "STATS").text();
        assertThat(stats)
                .contains("db.0, [overhead.hashtable.main, ")
                .contains("db.2, [")
                .contains("keys.count, 2");
    }

    private static MemoryUse use(long used, long peak, long clients, long active, long held, long resident) {
        return new MemoryUse(used, peak, 0, 1, clients, used - clients, active, held, resident, 20 * MB, List.of());
    }

    @Test
    void reports() {
        assertThat(MemoryReport.of(use(MB, MB, 0, MB, MB, MB))).contains("too little data");
        assertThat(MemoryReport.of(use(50 * MB, 50 * MB, 0, 50 * MB, 50 * MB, 200 * MB)))
                .isEqualTo("Nothing is unusual about the memory of this broker.\n");
        assertThat(MemoryReport.of(use(50 * MB, 90 * MB, 8 * MB, 80 * MB, 120 * MB, 300 * MB)))
                .contains("- Peak", "- Resident", "- Fragmentation", "- Held", "- Outside", "- Clients");
    }

    @Test
    void purgeGivesBackWhatIsFree() {
        broker.run("DEBUG", "POPULATE", "20", "big", "1000000");
        broker.run("FLUSHALL");
        assertThat(broker.run("MEMORY", "MALLOC-STATS").text()).doesNotContain("held in chunks: 0\n");
        broker.run("MEMORY", "PURGE").is("OK");
        assertThat(broker.run("MEMORY", "MALLOC-STATS").text()).contains("held in chunks: 0\n");
        broker.run("SET", "k", "v").is("OK");
    }
}
