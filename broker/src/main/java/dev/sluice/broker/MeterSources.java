package dev.sluice.broker;

import dev.sluice.broker.dispatch.CommandStatistics;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.metric.Measures;
import dev.sluice.broker.metric.MemoryUse;
import dev.sluice.broker.metric.Meter;
import dev.sluice.broker.net.Traffic;
import dev.sluice.broker.session.Sessions;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Published;
import java.util.Map;

/** Where each meter's figures come from. What has never happened is not shown, so that a scrape stays short. */
final class MeterSources {
    private static final double[] SHARES = {0.5, 0.99, 0.999};
    private static final String[] QUANTILES = {"0.5", "0.99", "0.999"};

    private final Figures figures;
    private final Figures.Parts parts;

    MeterSources(Figures figures) {
        this.figures = figures;
        this.parts = figures.parts;
    }

    /** Copies all figures; on the keyspace loop. */
    void measure(Measures into) {
        commands(into);
        connections(into);
        keyspace(into);
        memory(into);
        process(into);
    }

    private void commands(Measures into) {
        for (CommandStatistics.Row row : parts.statistics().rows()) {
            if (row.calls() > 0 || row.rejected() > 0) {
                command(into, row);
            }
        }
        parts.statistics().errors().forEach((code, count) -> into.put(Meter.ERROR_REPLIES, count, code));
    }

    private static void command(Measures into, CommandStatistics.Row row) {
        String name = row.command().fullName();
        into.put(Meter.COMMAND_CALLS, row.calls(), name);
        into.put(Meter.COMMAND_SECONDS, row.nanos() / 1e9, name);
        into.put(Meter.COMMAND_FAILED, row.failed(), name);
        into.put(Meter.COMMAND_REJECTED, row.rejected(), name);
        for (int i = 0; i < SHARES.length; i++) {
            into.put(Meter.COMMAND_LATENCY, row.percentile(SHARES[i]) / 1e9, name, QUANTILES[i]);
        }
    }

    private void connections(Measures into) {
        for (Sessions.Wire wire : parts.sessions().wires()) {
            into.put(Meter.CONNECTIONS_OPEN, wire.open(), wire.name());
            into.put(Meter.CONNECTIONS_RECEIVED, wire.received(), wire.name());
            into.put(Meter.CONNECTIONS_REFUSED, wire.refused(), wire.name());
        }
        traffic(into, parts.resp(), "resp");
        traffic(into, parts.rsocket(), "rsocket");
        into.put(Meter.WIRE_FORGOTTEN, parts.rsocket().forgottenFailures(), "rsocket");
        into.put(Meter.WAITING_CLIENTS, figures.waitingClients());
        into.put(Meter.CHANNELS, parts.hub().count(Published.Kind.CHANNEL));
        into.put(Meter.PATTERNS, parts.hub().count(Published.Kind.PATTERN));
        into.put(Meter.KEY_WATCHERS, parts.keyEvents().watchers());
        into.put(Meter.RANKING_WATCHERS, parts.rankings().watchers());
        into.put(Meter.RANKINGS_COMPUTED, parts.rankings().computed());
        into.put(Meter.SHARD_CHANNELS, parts.hub().count(Published.Kind.SHARD));
        pushes(into, parts.resp(), "resp");
        pushes(into, parts.rsocket(), "rsocket");
    }

    private void pushes(Measures into, Traffic traffic, String wire) {
        Map<Overflow, Long> lags = figures.slow.lags(wire, parts.time().epochMillis());
        for (Overflow overflow : Overflow.values()) {
            Traffic.Pushes pushes = traffic.pushes(overflow);
            long lagMs = lags.getOrDefault(overflow, 0L);
            if (pushes.delivered() + pushes.lost() + pushes.throttledNanos() + lagMs > 0) {
                into.put(Meter.PUSHES_DELIVERED, pushes.delivered(), wire, overflow.text());
                into.put(Meter.PUSHES_LOST, pushes.lost(), wire, overflow.text());
                into.put(Meter.PUSHES_THROTTLED, pushes.throttledNanos() / 1e9, wire, overflow.text());
                into.put(Meter.PUSHES_LAG, lagMs / 1e3, wire, overflow.text());
            }
        }
    }

    private static void traffic(Measures into, Traffic traffic, String wire) {
        into.put(Meter.WIRE_READ, traffic.bytesRead(), wire);
        into.put(Meter.WIRE_WRITTEN, traffic.bytesWritten(), wire);
        into.put(Meter.WIRE_STALLS, traffic.stalls(), wire);
        into.put(Meter.WIRE_STALLS_CLOSED, traffic.stallsClosed(), wire);
        into.put(Meter.WIRE_OVERFLOWS, traffic.overflows(), wire);
    }

    private void keyspace(Measures into) {
        for (Database database : parts.keyspace().databases()) {
            if (database.size() > 0 || database.index() == 0) {
                String index = Integer.toString(database.index());
                into.put(Meter.KEYS, database.size(), index);
                into.put(Meter.KEYS_EXPIRING, database.keysWithExpiry(), index);
            }
        }
        into.put(Meter.HITS, parts.keyspace().hits());
        into.put(Meter.MISSES, parts.keyspace().misses());
        into.put(Meter.EVICTED, parts.keyspace().evicted());
        into.put(Meter.EXPIRED, parts.keyspace().expired());
        into.put(Meter.UNLINKED_PENDING, parts.keyspace().unlinkedPending());
        into.put(Meter.UNLINKED_FREED, parts.keyspace().unlinkedFreed());
        into.put(Meter.CHANGES, parts.changes().count());
        into.put(Meter.JOURNAL_OFFSET, parts.journal().offset());
    }

    private void memory(Measures into) {
        MemoryUse use = figures.memoryUse();
        into.put(Meter.CLIENT_BUFFERS, use.clients());
        into.put(Meter.MEMORY_USED, use.used());
        into.put(Meter.MEMORY_PEAK, use.peak());
        into.put(Meter.MEMORY_RESIDENT, use.resident());
        into.put(Meter.MEMORY_HEAP, figures.heapBytes());
        into.put(Meter.MEMORY_DIRECT, figures.directBytes());
        into.put(Meter.ARENA_USED, use.allocated());
        into.put(Meter.ARENA_RESERVED, use.active());
        into.put(Meter.ARENA_HELD, use.held());
        into.put(Meter.ARENA_FRAGMENTATION, use.active() == 0 ? 0 : 1 - (double) use.allocated() / use.active());
    }

    private void process(Measures into) {
        LocalProcess.Usage usage = parts.process().usage();
        into.put(Meter.CPU, usage.userSeconds(), "user");
        into.put(Meter.CPU, usage.systemSeconds(), "system");
        into.put(Meter.LOOP_LAG, parts.lagNanosMax().getAsLong() / 1e9);
        into.put(Meter.UPTIME, figures.uptimeSeconds());
    }
}
