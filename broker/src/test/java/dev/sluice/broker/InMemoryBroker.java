package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.command.Command;
import dev.sluice.broker.commands.CommandTable;
import dev.sluice.broker.commands.Debugging;
import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.data.CheckingArena;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.dispatch.CommandIndex;
import dev.sluice.broker.dispatch.CommandStatistics;
import dev.sluice.broker.dispatch.Dispatcher;
import dev.sluice.broker.journal.Journal;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Eviction;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.keyspace.Waiters;
import dev.sluice.broker.keyspace.Watches;
import dev.sluice.broker.metric.Info;
import dev.sluice.broker.metric.MemoryUse;
import dev.sluice.broker.net.Traffic;
import dev.sluice.broker.ranking.Rankings;
import dev.sluice.broker.session.ClientMemory;
import dev.sluice.broker.session.FlushGate;
import dev.sluice.broker.session.KeyEvents;
import dev.sluice.broker.session.Pause;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Sessions;
import dev.sluice.broker.session.Throttle;
import dev.sluice.broker.session.TrackingTable;
import dev.sluice.broker.session.Users;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.hub.Hub;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.resp.Decimals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * A broker without sockets, threads or clocks, for transcripts: {@code run("GET", "k").is("v")}. Everything between the
 * wires is the real thing; time stands until {@link #pass}.
 */
public final class InMemoryBroker implements AutoCloseable {
    public static final long START_MS = 1_700_000_000_000L;

    public final Settings settings;
    public final Journal journal = new Journal();
    public final Sessions sessions;
    public final TrackingTable tracking;
    public final ClientMemory clients;
    public final Throttle throttle = new Throttle();
    public final Hub hub = new Hub();
    public final Changes changes;
    public final Keyspace keyspace;
    public final Dispatcher dispatcher;
    public final Rankings rankings;
    public final Eviction eviction;
    public final CommandStatistics statistics;
    public final ManualTime time = new ManualTime(START_MS);
    private final QueuedTurns turns = new QueuedTurns(time);
    public final List<String> journalled = new ArrayList<>();
    /** Why no data may be changed; null if it may. */
    public @Nullable String writesRefused;

    public final SimulatedDisk disk;
    final Storage storage;
    /** Whether it was shut down. */
    public boolean ended;

    private final List<Runnable> onDisk = new ArrayList<>();
    private final List<Runnable> aside = new ArrayList<>();
    /** Whether data is being read into memory. */
    public boolean loading;

    final Figures figures;
    private final Traffic respTraffic = new Traffic();
    private final Traffic rsocketTraffic = new Traffic();
    public final ExtentPool extents;
    private final Client first;

    private final class WhatRules implements Rules.Storage {
        @Override
        public @Nullable String writesRefused() {
            return writesRefused == null ? storage.writesRefused() : writesRefused;
        }

        @Override
        public boolean isLoading() {
            return loading || storage.isLoading();
        }
    }

    public InMemoryBroker(String... settingsNamesAndValues) {
        settings = Settings.of(settingsNamesAndValues);
        extents = ExtentPool.standalone(settings.number(Setting.ARENA_BYTES_MAX));
        Watches watches = new Watches();
        Waiters waiters = new Waiters(time);
        changes = new Changes(watches, waiters);
        keyspace = new Keyspace(
                settings.integer(Setting.DATABASES),
                42,
                new SeededRandomness(42),
                () -> new CheckingArena(extents),
                CheckingArena.subArenas(extents),
                changes);
        SettingsInForce inForce = new SettingsInForce(settings);
        inForce.smallForms(keyspace.collections());
        inForce.accesses(keyspace.accesses());
        Notifications notifications = new Notifications(hub, keyspace);
        changes.observe(notifications);
        inForce.notifications(notifications);
        Pause pause = new Pause(time);
        pause.onChange(keyspace::pauseExpiry);
        Users users = new Users(() -> settings.bytes(Setting.REQUIREPASS));
        sessions = new Sessions(users);
        clients = new ClientMemory(sessions);
        tracking = new TrackingTable(
                sessions,
                new SeededRandomness(42),
                () -> settings.number(Setting.TRACKING_TABLE_MAX_KEYS),
                () -> settings.number(Setting.TRACKING_TABLE_BYTES_MAX),
                turns::atEndOfTurn);
        changes.observe(tracking);
        disk = new SimulatedDisk(settings.text(Setting.DIR));
        storage = new Storage(new Storage.Parts(
                settings,
                keyspace,
                changes,
                pause,
                disk,
                new AppendOnly(new AppendOnly.Parts(
                        settings, journal, changes, pause, new FlushGate(), turns, disk, time, why -> {})),
                time,
                turns,
                onDisk::add,
                aside::add,
                extents::bytesUsed,
                () -> ended = true));
        Info info = new Info();
        Observation observation = new Observation(settings, time);
        List<Command> table = CommandTable.of(
                new CommandTable.Parts(
                        settings,
                        sessions,
                        tracking,
                        pause,
                        users,
                        watches,
                        hub,
                        info,
                        observation.forCommands(this::statistics),
                        Broker.REDIS_VERSION,
                        () -> {},
                        work -> Mono.just(work.get()),
                        new BrokerMemory(extents, keyspace, this::memoryUse),
                        new Debugging() {
                            @Override
                            public void activeExpiry(boolean on) {}

                            @Override
                            public void housekeeping(boolean on) {}

                            @Override
                            public void hold(long nanos) {
                                time.pass(nanos / 1_000_000);
                            }

                            @Override
                            public void changeReplicationId() {
                                figures.replicationId("f".repeat(40));
                            }
                        },
                        storage,
                        storage.backups()),
                List.of());
        eviction = new Eviction(keyspace, time, extents::bytesUsed, () -> extents.sweep(Integer.MAX_VALUE));
        eviction.countClients(clients::bytes);
        CommandIndex index = new CommandIndex(table);
        statistics = new CommandStatistics(index.all());
        dispatcher = new Dispatcher(
                index,
                statistics,
                new Rules(settings, users, new WhatRules()),
                keyspace,
                changes,
                waiters,
                pause,
                tracking,
                eviction,
                throttle,
                journal,
                time,
                failure -> {
                    throw new AssertionError("memory and journal may differ", failure);
                });
        observation.begin(dispatcher, statistics);
        rankings = new Rankings(
                changes,
                keyspace,
                time,
                () -> 1_000_000,
                turns::atEndOfTurn,
                turns::nextTurn,
                dispatcher::housekeeping);
        figures = new Figures(
                new Figures.Parts(
                        settings,
                        time,
                        sessions,
                        tracking,
                        clients,
                        keyspace,
                        extents,
                        changes,
                        waiters,
                        pause,
                        eviction,
                        journal,
                        hub,
                        new KeyEvents(changes, keyspace),
                        rankings,
                        statistics,
                        respTraffic,
                        rsocketTraffic,
                        new LocalProcess(),
                        storage,
                        () -> 2_000_000,
                        () -> 6379),
                "0123456789".repeat(8));
        new InfoSections(figures).addTo(info);
        sessions.onClose(session -> Broker.forget(session, watches, tracking));
        first = client();
    }

    /** From now on {@link #journalled} gets each record as text. */
    public InMemoryBroker readJournal() {
        journal.attach((offset, record) -> journalled.add(record.toString()));
        return this;
    }

    /** That these are the effects since this was last asked, or since they were cleared, in a line each. */
    public void journalledOnly(String... effects) {
        assertThat(journalled.stream()
                        .map(record -> record.replaceAll("[*$][0-9]+\r\n", "")
                                .replace("\r\n", " ")
                                .trim()
                                .replaceFirst("^SELECT 0 ", ""))
                        .toList())
                .containsExactly(effects);
        journalled.clear();
    }

    private MemoryUse memoryUse() {
        return figures.memoryUse();
    }

    private CommandStatistics statistics() {
        return statistics;
    }

    /** Another connection. */
    public Client client() {
        return new Client();
    }

    /** Runs a command on the first connection. */
    public Answer run(String... words) {
        return first.run(words);
    }

    public Client first() {
        return first;
    }

    /** Ends the turn that all commands since the last time were. */
    public void endTurn() {
        turns();
        while (!onDisk.isEmpty()) {
            onDisk.removeFirst().run(); // it waits for what the turns have given it
            turns();
        }
    }

    /** As {@link #endTurn}, but snapshots are not written. */
    public void turns() {
        while (!turns.isEmpty() || !aside.isEmpty()) {
            turns.run();
            List<Runnable> due = List.copyOf(aside);
            aside.clear();
            due.forEach(Runnable::run);
        }
    }

    /** Names of the files that there are. */
    public List<String> files() {
        try {
            return disk.list(settings.text(Setting.DIR));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** What happens ten times a second. */
    public void look() {
        storage.look();
    }

    /** Lets time pass, and what is due happen. */
    public void pass(long ms) {
        time.pass(ms);
    }

    @Override
    public void close() {
        extents.close();
    }

    /** A connection: what is pushed to it is kept. */
    public final class Client implements Session.Connection {
        public final List<String> pushed = new ArrayList<>();
        public final Session session = sessions.open(this, START_MS);
        public boolean closed;
        public long inputBytes;
        public Overflow overflow = Overflow.DISCONNECT;
        public int bufferMessages;
        public long outputBytesMax = Long.MAX_VALUE;

        public Answer run(String... words) {
            return run(new Request(Arrays.stream(words).map(Bytes::of).toArray(Bytes[]::new)));
        }

        public Answer run(Request request) {
            return new Answer(dispatcher.run(session, request));
        }

        public Client resp3() {
            session.protocol(3);
            return this;
        }

        @Override
        public String address() {
            return "127.0.0.1:" + (10_000 + session.id());
        }

        @Override
        public String localAddress() {
            return "127.0.0.1:6379";
        }

        @Override
        public boolean isLocal() {
            return true;
        }

        @Override
        public String wire() {
            return "resp";
        }

        @Override
        public void deliver(Published message) {
            pushed.add(message.channel() + " " + message.message());
        }

        @Override
        public void push(Reply reply) {
            pushed.add(text(reply));
        }

        @Override
        public void close(boolean graceful) {
            closed = true;
            sessions.close(session);
        }

        @Override
        public long inputBytes() {
            return inputBytes;
        }

        @Override
        public long outputBytesMax() {
            return outputBytesMax;
        }

        @Override
        public long outputBytes() {
            return 0;
        }

        @Override
        public List<Session.Pushes> pushes(long nowMs) {
            return List.of(new Session.Pushes(overflow, 0, 0, 0, 0));
        }

        @Override
        public void overflow(@Nullable Overflow chosen, int messagesMax) {
            overflow = chosen == null ? Overflow.DISCONNECT : chosen;
            bufferMessages = messagesMax;
        }

        @Override
        public boolean isUnixSocket() {
            return false;
        }

        @Override
        public Session.Usage usage() {
            return new Session.Usage(0, 0, 0, 0, 0, 0);
        }

        @Override
        public int descriptor() {
            return 8;
        }
    }

    /** A reply to be compared. Packed ones are unpacked and released at once. */
    public static final class Answer {
        private final String text;
        private String later = "(waits)";
        private Disposable waiting = Disposables.disposed();

        Answer(Reply reply) {
            if (reply instanceof Reply.Later waits) {
                waiting = waits.reply().subscribe(r -> later = InMemoryBroker.text(r));
                text = "(waits)";
            } else {
                text = InMemoryBroker.text(reply);
            }
        }

        /** The reply as text: strings as they are, {@code (integer)} as digits, arrays as {@code [a, b]}. */
        public void is(String expected) {
            assertThat(text).isEqualTo(expected);
        }

        public void is(long expected) {
            is(Long.toString(expected));
        }

        public void isNull() {
            is("(nil)");
        }

        public void isError(String message) {
            is("-" + message);
        }

        public void waits() {
            is("(waits)");
        }

        /** Who waits for it has gone. */
        public void cancel() {
            waiting.dispose();
        }

        /** What a waiting command has answered by now, as text. */
        public String late() {
            return later;
        }

        /** What a waiting command has answered by now. */
        public void hasAnswered(String expected) {
            assertThat(later).isEqualTo(expected);
        }

        public String text() {
            return text;
        }

        /** What it has answered by now, at once or later. */
        public String now() {
            return text.equals("(waits)") ? later : text;
        }
    }

    /** A reply as text. */
    public static String text(Reply reply) {
        return switch (reply) {
            case Bytes bytes -> bytes.toLatin1();
            case Packed packed -> packed(packed);
            case Reply.Int(long value) -> Long.toString(value);
            case Reply.Status(String status) -> status;
            case Reply.Failure(String message) -> "-" + message;
            case Reply.Null nothing -> "(nil)";
            case Reply.Array(var items) -> texts(items);
            case Reply.Map(var pairs) -> texts(pairs);
            case Reply.Set(var items) -> texts(items);
            case Reply.Push(var items) -> ">" + texts(items);
            case Reply.Decimal(double value) -> value == Math.rint(value) ? Long.toString((long) value) : "" + value;
            case Reply.Bool(boolean value) -> Boolean.toString(value);
            case Reply.BigNumber(String digits) -> digits;
            case Reply.Verbatim(String format, Bytes bytes) -> bytes.toString();
            case Reply.Attributed(var attributes, Reply itself) -> text(itself);
            case Reply.Sequence(var replies) -> texts(replies);
            case Reply.None none -> "(none)";
            case Reply.Later later -> "(waits)";
        };
    }

    private static String texts(List<Reply> replies) {
        return replies.stream().map(InMemoryBroker::text).toList().toString();
    }

    private static String packed(Packed packed) {
        List<String> items = new ArrayList<>();
        Packed.Cursor cursor = packed.cursor();
        while (cursor.next()) {
            if (cursor.isString()) {
                items.add(cursor.string().toLatin1());
            } else if (cursor.isNull()) {
                items.add("(nil)");
            } else if (cursor.isFixed()) {
                items.add(Decimals.fixed(cursor.decimal()));
            } else if (cursor.isDouble()) {
                items.add(text(Reply.decimal(cursor.decimal())));
            } else if (cursor.isInteger()) {
                items.add(Long.toString(cursor.integer()));
            }
        }
        packed.release();
        return items.toString();
    }
}
