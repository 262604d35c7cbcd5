package dev.sluice.broker.metric;

import java.util.List;

/** What is measured: a table. Names are {@code sluice.<noun>.<unit>}; where no unit is named, things are counted. */
public enum Meter {
    COMMAND_CALLS(Kind.COUNTER, "sluice.commands.calls", "Commands that ran.", "command"),
    COMMAND_SECONDS(Kind.COUNTER, "sluice.commands.seconds", "Time that commands ran.", "command"),
    COMMAND_FAILED(Kind.COUNTER, "sluice.commands.failed", "Commands that ran and answered an error.", "command"),
    COMMAND_REJECTED(Kind.COUNTER, "sluice.commands.rejected", "Commands refused before they ran.", "command"),
    COMMAND_LATENCY(
            Kind.GAUGE,
            "sluice.commands.latency.seconds",
            "How long a command ran, since the start or CONFIG RESETSTAT.",
            "command",
            "quantile"),
    ERROR_REPLIES(Kind.COUNTER, "sluice.errors.replies", "Error replies by their code.", "code"),

    CONNECTIONS_OPEN(Kind.GAUGE, "sluice.connections.open", "Clients that are connected.", "wire"),
    CONNECTIONS_RECEIVED(Kind.COUNTER, "sluice.connections.received", "Clients that were let in.", "wire"),
    CONNECTIONS_REFUSED(Kind.COUNTER, "sluice.connections.refused", "Clients that were turned away.", "wire"),
    WIRE_READ(Kind.COUNTER, "sluice.wire.read.bytes", "Bytes that clients sent.", "wire"),
    WIRE_WRITTEN(Kind.COUNTER, "sluice.wire.written.bytes", "Bytes that clients were sent.", "wire"),
    WIRE_STALLS(Kind.COUNTER, "sluice.wire.stalls", "Times that a client was held back: it took no replies.", "wire"),
    WIRE_STALLS_CLOSED(Kind.COUNTER, "sluice.wire.stalls.closed", "Clients closed because they took none.", "wire"),
    WIRE_OVERFLOWS(Kind.COUNTER, "sluice.wire.overflows", "Clients closed because their pushes overflowed.", "wire"),
    WIRE_FORGOTTEN(Kind.COUNTER, "sluice.wire.forgotten.failures", "Fire-and-forget requests refused.", "wire"),
    CLIENT_BUFFERS(Kind.GAUGE, "sluice.clients.buffers.bytes", "Requests and replies held for clients."),
    WAITING_CLIENTS(Kind.GAUGE, "sluice.waiters.clients", "Clients that wait for a key."),

    KEYS(Kind.GAUGE, "sluice.keyspace.keys", "Keys.", "db"),
    KEYS_EXPIRING(Kind.GAUGE, "sluice.keyspace.expiring.keys", "Keys that have a time to live.", "db"),
    HITS(Kind.COUNTER, "sluice.keyspace.hits", "Keys that a read found."),
    MISSES(Kind.COUNTER, "sluice.keyspace.misses", "Keys that a read did not find."),
    EVICTED(Kind.COUNTER, "sluice.keyspace.evicted.keys", "Keys removed to make room."),
    EXPIRED(Kind.COUNTER, "sluice.keyspace.expired.keys", "Keys removed because their time had come."),
    UNLINKED_PENDING(Kind.GAUGE, "sluice.unlinked.pending.values", "Unlinked values that still take memory."),
    UNLINKED_FREED(Kind.COUNTER, "sluice.unlinked.freed.values", "Unlinked values whose memory was given back later."),
    CHANGES(Kind.COUNTER, "sluice.keyspace.changes", "Changes of keys."),
    JOURNAL_OFFSET(Kind.GAUGE, "sluice.journal.offset.bytes", "Bytes that the journal's readers were given."),

    CHANNELS(Kind.GAUGE, "sluice.pubsub.channels", "Channels that somebody listens to."),
    PATTERNS(Kind.GAUGE, "sluice.pubsub.patterns", "Patterns that somebody listens to."),
    SHARD_CHANNELS(Kind.GAUGE, "sluice.pubsub.shard.channels", "Shard channels that somebody listens to."),
    PUSHES_DELIVERED(
            Kind.COUNTER, "sluice.pubsub.delivered.messages", "Messages given to sockets.", "wire", "overflow"),
    PUSHES_LOST(
            Kind.COUNTER,
            "sluice.pubsub.lost.messages",
            "Messages dropped: subscribers were slow.",
            "wire",
            "overflow"),
    PUSHES_THROTTLED(
            Kind.COUNTER,
            "sluice.pubsub.throttled.seconds",
            "Time that subscribers held publishers up.",
            "wire",
            "overflow"),
    PUSHES_LAG(Kind.GAUGE, "sluice.pubsub.lag.seconds", "For how long the oldest message waits.", "wire", "overflow"),
    KEY_WATCHERS(Kind.GAUGE, "sluice.keys.watchers", "Streams that watch what happens to keys."),
    RANKING_WATCHERS(Kind.GAUGE, "sluice.rankings.watchers", "Streams that watch a sorted set."),
    RANKINGS_COMPUTED(Kind.COUNTER, "sluice.rankings.computed", "Ranges and ranks computed for those who watch."),

    MEMORY_USED(Kind.GAUGE, "sluice.memory.used.bytes", "Data, tables and buffers of clients: used_memory."),
    MEMORY_PEAK(Kind.GAUGE, "sluice.memory.peak.bytes", "The highest used_memory so far."),
    MEMORY_RESIDENT(Kind.GAUGE, "sluice.memory.resident.bytes", "Memory of the process in the machine."),
    MEMORY_HEAP(Kind.GAUGE, "sluice.memory.heap.bytes", "Java heap in use."),
    MEMORY_DIRECT(Kind.GAUGE, "sluice.memory.direct.bytes", "Direct buffers of the wires."),
    ARENA_USED(Kind.GAUGE, "sluice.arena.used.bytes", "Blocks in use in arenas."),
    ARENA_RESERVED(Kind.GAUGE, "sluice.arena.reserved.bytes", "Extents that arenas hold."),
    ARENA_HELD(Kind.GAUGE, "sluice.arena.held.bytes", "Memory that the machine gave for arenas."),
    ARENA_FRAGMENTATION(Kind.GAUGE, "sluice.arena.fragmentation.ratio", "Share of the reserved that is not used."),

    LOOP_LAG(Kind.GAUGE, "sluice.loop.lag.seconds", "How late the keyspace loop was at worst since the last scrape."),
    CPU(Kind.COUNTER, "sluice.process.cpu.seconds", "Processor time of the process.", "mode"),
    UPTIME(Kind.GAUGE, "sluice.process.uptime.seconds", "Time since the start.");

    enum Kind {
        /** Only grows, until it is reset. */
        COUNTER,
        GAUGE
    }

    private final Kind kind;
    private final String text;
    private final String description;
    private final List<String> tags;

    Meter(Kind kind, String text, String description, String... tags) {
        this.kind = kind;
        this.text = text;
        this.description = description;
        this.tags = List.of(tags);
    }

    Kind kind() {
        return kind;
    }

    /** The name, as Micrometer has it; on the wire dots are underlines, and counters end in {@code _total}. */
    String text() {
        return text;
    }

    String description() {
        return description;
    }

    /** Names of the tags that its figures come with, in order. */
    List<String> tags() {
        return tags;
    }
}
