package dev.sluice.broker;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.dispatch.CommandStatistics;
import dev.sluice.broker.journal.Journal;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Eviction;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.keyspace.Waiters;
import dev.sluice.broker.metric.MemoryUse;
import dev.sluice.broker.metric.Rate;
import dev.sluice.broker.net.Traffic;
import dev.sluice.broker.ranking.Rankings;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.session.ClientMemory;
import dev.sluice.broker.session.KeyEvents;
import dev.sluice.broker.session.Pause;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Sessions;
import dev.sluice.broker.session.SlowSubscribers;
import dev.sluice.broker.session.TrackingTable;
import dev.sluice.streams.hub.Hub;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What there is to tell of a broker: INFO and the meters both read it here. On the keyspace loop, except for what does
 * not change.
 */
final class Figures {
    /** Where the figures come from. */
    record Parts(
            Settings settings,
            Time time,
            Sessions sessions,
            TrackingTable tracking,
            ClientMemory clients,
            Keyspace keyspace,
            ExtentPool extents,
            Changes changes,
            Waiters waiters,
            Pause pause,
            Eviction eviction,
            Journal journal,
            Hub hub,
            KeyEvents keyEvents,
            Rankings rankings,
            CommandStatistics statistics,
            Traffic resp,
            Traffic rsocket,
            LocalProcess process,
            Storage storage,
            LongSupplier lagNanosMax,
            IntSupplier port) {}

    /** What all clients hold together, the keys they track included, and the most that one of them does. */
    record ClientBuffers(long bytes, long inputMax, long outputMax) {}

    final Parts parts;
    final long startMs;
    final String runId;
    final long usedAtStart;
    final SlowSubscribers slow;
    final Rate commands;
    final Rate bytesIn;
    final Rate bytesOut;
    private final long startNanos;
    private long peakBytes;
    private long otherBytes;
    private long expiryNanos;
    private long expiryTimeUp;
    private double staleShare;
    private String replicationId;

    /** @param ids random hexadecimal digits, 40 for the run and 40 for its history */
    Figures(Parts parts, String ids) {
        this.parts = parts;
        this.slow = new SlowSubscribers(parts.sessions);
        this.runId = ids.substring(0, 40);
        this.replicationId = ids.substring(40, 80);
        this.startMs = parts.time.epochMillis();
        this.startNanos = parts.time.nanos();
        this.commands = new Rate(startNanos);
        this.bytesIn = new Rate(startNanos);
        this.bytesOut = new Rate(startNanos);
        this.usedAtStart = storedBytes();
    }

    /** Clients that wait for a key or for the end of a pause. */
    int waitingClients() {
        return parts.waiters.waiting() + parts.pause.held();
    }

    /** To be called ten times a second. */
    void sample() {
        long now = parts.time.nanos();
        commands.sample(parts.statistics.processed(), now);
        bytesIn.sample(bytesRead(), now);
        bytesOut.sample(bytesWritten(), now);
        if (parts.settings.number(Setting.MAXMEMORY) == 0) {
            peakBytes = Math.max(peakBytes, storedBytes());
        } else {
            otherBytes = storedBytes() - parts.extents.bytesUsed();
            peakBytes = Math.max(peakBytes, storedBytesAtOnce() + parts.clients.bytes());
        }
    }

    /** What CONFIG RESETSTAT sets back here: the rates, and the work of active expiry; the peak stays. */
    void reset() {
        expiryNanos = 0;
        expiryTimeUp = 0;
        long now = parts.time.nanos();
        commands.reset(now);
        bytesIn.reset(now);
        bytesOut.reset(now);
    }

    /** Names the history of the data: 40 random hexadecimal digits. */
    String replicationId() {
        return replicationId;
    }

    void replicationId(String digits) {
        replicationId = digits;
    }

    /** A bite of active expiry took so long, of what it was allowed; so large a share of what it saw were dead keys, of late. */
    void expired(long nanos, long allowedNanos, double staleShare) {
        this.staleShare = staleShare;
        expiryNanos += nanos;
        if (nanos >= allowedNanos) {
            expiryTimeUp++;
        }
    }

    /** Time that active expiry took. */
    long expiryMillis() {
        return expiryNanos / 1_000_000;
    }

    double staleShare() {
        return staleShare;
    }

    /** How often it ended because its time was up. */
    long expiryTimeUp() {
        return expiryTimeUp;
    }

    double uptimeSeconds() {
        return (parts.time.nanos() - startNanos) / 1e9;
    }

    long bytesRead() {
        return parts.resp.bytesRead() + parts.rsocket.bytesRead();
    }

    long bytesWritten() {
        return parts.resp.bytesWritten() + parts.rsocket.bytesWritten();
    }

    /** Blocks of data and the tables that lead to them. */
    long storedBytes() {
        long bytes = parts.extents.bytesUsed();
        for (Database database : parts.keyspace.databases()) {
            bytes += database.directoryBytes();
        }
        return bytes;
    }

    /** Where memory is now. A walk over all clients. */
    MemoryUse memoryUse() {
        ClientBuffers clients = clientBuffers();
        List<MemoryUse.Tables> tables = new ArrayList<>();
        for (Database database : parts.keyspace.databases()) {
            if (database.size() > 0) {
                tables.add(new MemoryUse.Tables(database.index(), database.size(), database.tableBytes()));
            }
        }
        long used = usedBytes(clients);
        return new MemoryUse(
                used,
                peakBytes,
                usedAtStart,
                parts.sessions.count(),
                clients.bytes(),
                parts.extents.bytesUsed(),
                parts.extents.bytesReserved(),
                parts.extents.bytesHeld(),
                parts.process.usage().residentBytes(),
                Runtime.getRuntime().totalMemory(),
                tables);
    }

    /** A walk over all clients. */
    ClientBuffers clientBuffers() {
        long bytes = parts.tracking.bytes();
        long inputMax = 0;
        long outputMax = 0;
        for (Session session : parts.sessions.all()) {
            long input = session.connection().inputBytes();
            long output = session.connection().outputBytes();
            bytes += session.heldBytes();
            inputMax = Math.max(inputMax, input);
            outputMax = Math.max(outputMax, output);
        }
        return new ClientBuffers(bytes, inputMax, outputMax);
    }

    /** used_memory: what is stored, and what is held for clients. Also remembers the highest. */
    long usedBytes(ClientBuffers clients) {
        long used = storedBytes() + clients.bytes();
        peakBytes = Math.max(peakBytes, used);
        return used;
    }

    /** As {@link #storedBytes}, for who asks at each command: tables are as old as the last sample. */
    long storedBytesAtOnce() {
        return parts.extents.bytesUsed() + otherBytes + parts.tracking.bytes();
    }

    long peakBytes() {
        return peakBytes;
    }

    long heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    long directBytes() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory()
                : 0;
    }
}
