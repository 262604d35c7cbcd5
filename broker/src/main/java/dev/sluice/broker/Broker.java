package dev.sluice.broker;

import dev.sluice.broker.command.Command;
import dev.sluice.broker.commands.CommandTable;
import dev.sluice.broker.commands.Debugging;
import dev.sluice.broker.commands.Persistence;
import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.data.SubArenas;
import dev.sluice.broker.dispatch.CommandIndex;
import dev.sluice.broker.dispatch.CommandStatistics;
import dev.sluice.broker.dispatch.Dispatcher;
import dev.sluice.broker.dispatch.KeyspaceLoop;
import dev.sluice.broker.journal.Journal;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Eviction;
import dev.sluice.broker.keyspace.Expiry;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.keyspace.Waiters;
import dev.sluice.broker.keyspace.Watches;
import dev.sluice.broker.metric.Info;
import dev.sluice.broker.metric.Meters;
import dev.sluice.broker.net.Gate;
import dev.sluice.broker.net.HttpListener;
import dev.sluice.broker.net.RSocketListener;
import dev.sluice.broker.net.RespListener;
import dev.sluice.broker.net.Traffic;
import dev.sluice.broker.ranking.Rankings;
import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.session.ClientMemory;
import dev.sluice.broker.session.FlushGate;
import dev.sluice.broker.session.KeyEvents;
import dev.sluice.broker.session.Pause;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Sessions;
import dev.sluice.broker.session.Throttle;
import dev.sluice.broker.session.TrackingTable;
import dev.sluice.broker.session.Users;
import dev.sluice.streams.hub.Hub;
import dev.sluice.streams.hub.Subscriptions;
import dev.sluice.streams.message.Reply;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.resources.LoopResources;

/**
 * A broker: every part of it built and wired, listening. Several may run in one process; each has its own threads,
 * keyspace and ports.
 */
public final class Broker implements AutoCloseable {
    /** What clients are told, because they look for Redis 7 before they use its commands. */
    public static final String REDIS_VERSION = "7.2.4";

    private static final Logger log = LoggerFactory.getLogger(Broker.class);
    private static final int ID_BYTES = 40; // of the run and of its history, 20 each

    private final Settings settings;
    private final Time time = new SystemTime();
    private final LocalRandomness randomness = new LocalRandomness();
    private final LoopResources loops;
    private final LoopResources ioLoops;
    private final ExecutorService background;
    private final ExecutorService snapshotThread;
    private final KeyspaceLoop loop;
    private final ExtentPool extents;
    private final Keyspace keyspace;
    private final Journal journal = new Journal();
    private final Sessions sessions;
    private final Pause pause;
    private final ClientMemory clients;
    private final TrackingTable tracking;
    private final Throttle throttle = new Throttle();
    private final FlushGate flushGate = new FlushGate();
    private final Hub hub = new Hub();
    private final KeyEvents keyEvents;
    private final Rankings rankings;
    private final Traffic respTraffic = new Traffic();
    private final Traffic rsocketTraffic = new Traffic();
    private final Changes changes;
    private final Watches watches = new Watches();
    private final Users users;
    private final AppendOnly appendOnly;
    private final Storage storage;
    private final List<Command> rows;
    private final Dispatcher dispatcher;
    private final CommandStatistics statistics;
    private final Observation observation;
    private final LocalProcess process = new LocalProcess();
    private final Info info = new Info();
    private final Figures figures;
    private final ExecutorService scraper;
    private final Meters meters;
    private final Wires wires;
    private final Sinks.Empty<Void> stopped = Sinks.empty();
    private volatile boolean ready;
    private final Housekeeping housekeeping;
    private final Eviction eviction;

    private Broker(Settings settings, Disk disk, Consumer<String> cannotGoOn) {
        this.settings = settings;
        loops = LoopResources.create("sluice", 1, 1, true);
        background = Aside.thread(
                Thread.ofPlatform().daemon().name("sluice-background").factory());
        ThreadFactory snapshots =
                Thread.ofPlatform().daemon().name("sluice-snapshot").factory();
        snapshotThread = Aside.thread(work -> snapshots.newThread(Politeness.polite(work)));
        int ioThreads = settings.integer(Setting.IO_THREADS);
        ioLoops = ioThreads > 1 ? LoopResources.create("sluice-io", 1, ioThreads - 1, true) : loops;
        EventLoop keyspaceThread = loops.onServer(true).next();
        loop = new KeyspaceLoop(keyspaceThread, keyspaceThread::inEventLoop, time);
        Waiters waiters = new Waiters(loop);
        changes = new Changes(watches, waiters);
        extents = new ExtentPool(settings.number(Setting.ARENA_BYTES_MAX), background);
        keyspace = new Keyspace(
                settings.integer(Setting.DATABASES),
                new SecureRandom().nextLong(),
                randomness,
                () -> new Arena(extents),
                new SubArenas(extents),
                changes);
        SettingsInForce inForce = new SettingsInForce(settings);
        inForce.smallForms(keyspace.collections());
        inForce.accesses(keyspace.accesses());
        Notifications notifications = new Notifications(hub, keyspace);
        changes.observe(notifications);
        inForce.notifications(notifications);
        pause = new Pause(loop);
        pause.onChange(keyspace::pauseExpiry);
        users = new Users(() -> settings.bytes(Setting.REQUIREPASS));
        sessions = new Sessions(users);
        clients = new ClientMemory(sessions);
        tracking = new TrackingTable(
                sessions,
                randomness,
                () -> settings.number(Setting.TRACKING_TABLE_MAX_KEYS),
                () -> settings.number(Setting.TRACKING_TABLE_BYTES_MAX),
                loop::atEndOfTurn);
        changes.observe(tracking);
        keyEvents = new KeyEvents(changes, keyspace);
        observation = new Observation(settings, time);
        eviction = new Eviction(keyspace, time, this::storedBytes, () -> extents.sweep(Housekeeping.EXTENTS_A_SWEEP));
        eviction.countClients(clients::bytes);
        eviction.onBite(nanos -> observation.latencyEvent("eviction-cycle", nanos));
        appendOnly = new AppendOnly(
                new AppendOnly.Parts(settings, journal, changes, pause, flushGate, loop, disk, time, cannotGoOn));
        storage = new Storage(new Storage.Parts(
                settings,
                keyspace,
                changes,
                pause,
                disk,
                appendOnly,
                time,
                loop,
                snapshotThread,
                background,
                extents::bytesUsed,
                () -> Thread.ofPlatform().name("sluice-stop").start(this::close)));
        rows = table();
        CommandIndex index = new CommandIndex(named(rows));
        statistics = new CommandStatistics(index.all());
        dispatcher = new Dispatcher(
                index,
                statistics,
                new Rules(settings, users, storage),
                keyspace,
                changes,
                waiters,
                pause,
                tracking,
                eviction,
                throttle,
                journal,
                time,
                this::die);
        observation.begin(dispatcher, statistics);
        rankings = new Rankings(
                changes,
                keyspace,
                time,
                () -> settings.number(Setting.HOUSEKEEPING_US_MAX) * 1000,
                loop::atEndOfTurn,
                loop::nextTurn,
                dispatcher::housekeeping);
        sessions.onClose(session -> forget(session, watches, tracking));
        Gate gate = new Gate(settings, sessions);
        RespListener resp = new RespListener(
                settings, dispatcher, sessions, clients, loop, time, ioLoops, gate, throttle, flushGate, respTraffic);
        RSocketListener rsocket = new RSocketListener(
                settings,
                dispatcher,
                sessions,
                users,
                hub,
                keyEvents,
                rankings,
                loop,
                time,
                loops,
                gate,
                throttle,
                flushGate,
                rsocketTraffic);
        figures = figures(waiters);
        new InfoSections(figures).addTo(info);
        scraper =
                Aside.thread(Thread.ofPlatform().daemon().name("sluice-scraper").factory());
        meters = new Meters(loop::onLoop, scraper, new MeterSources(figures)::measure);
        HttpListener http = new HttpListener(settings, users, rsocket, loops, gate, () -> ready, meters::scrape);
        wires = new Wires(settings, resp, rsocket, http);
        inForce.clients(clients);
        inForce.memory(eviction, figures);
        housekeeping = new Housekeeping(
                new Housekeeping.Parts(
                        settings,
                        time,
                        loop,
                        dispatcher,
                        tracking,
                        clients,
                        extents,
                        storage,
                        observation,
                        figures,
                        process,
                        background),
                new Expiry(keyspace, time));
        housekeeping.begin();
    }

    private Figures figures(Waiters waiters) {
        return new Figures(
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
                        keyEvents,
                        rankings,
                        statistics,
                        respTraffic,
                        rsocketTraffic,
                        process,
                        storage,
                        loop::takeLagNanosMax,
                        this::respPort),
                ids());
    }

    private static String ids() {
        byte[] ids = new byte[ID_BYTES];
        new SecureRandom().nextBytes(ids);
        return HexFormat.of().formatHex(ids);
    }

    private List<Command> table() {
        return CommandTable.of(
                new CommandTable.Parts(
                        settings,
                        sessions,
                        tracking,
                        pause,
                        users,
                        watches,
                        hub,
                        info,
                        observation.forCommands(() -> statistics),
                        REDIS_VERSION,
                        this::resetStatistics,
                        this::aside,
                        new BrokerMemory(extents, keyspace, () -> figures.memoryUse()),
                        new House(),
                        storage,
                        storage.backups()),
                List.of());
    }

    /** The rows by the names that the configuration gives them. */
    private Map<String, Command> named(List<Command> rows) {
        Map<String, Command> byName = CommandIndex.byName(rows);
        for (Settings.Renamed renamed : settings.renamedCommands()) {
            Command row = byName.remove(renamed.command());
            if (row == null) {
                throw new StartRefused("No such command in rename-command: " + renamed.command());
            }
            if (!renamed.name().isEmpty() && byName.putIfAbsent(renamed.name(), row) != null) {
                throw new StartRefused("Target command name already exists: " + renamed.name());
            }
        }
        return byName;
    }

    private Mono<Reply> aside(Supplier<Reply> work) {
        Sinks.One<Reply> reply = Sinks.one();
        background.execute(() -> {
            Reply made = work.get();
            loop.execute(() -> reply.tryEmitValue(made));
        });
        return reply.asMono();
    }

    private void resetStatistics() {
        statistics.reset();
        sessions.resetCounters();
        respTraffic.reset();
        rsocketTraffic.reset();
        keyspace.resetStatistics();
        eviction.resetStatistics();
        clients.resetStatistics();
        storage.resetStatistics();
        figures.reset();
    }

    /** What DEBUG may do here. */
    private final class House implements Debugging {
        @Override
        public void activeExpiry(boolean on) {
            housekeeping.activeExpiry(on);
        }

        @Override
        public void housekeeping(boolean on) {
            housekeeping.on(on);
        }

        /** Keeps the loop busy: it must not sleep. */
        @Override
        public void hold(long nanos) {
            long start = time.nanos();
            while (time.nanos() - start < nanos) {}
        }

        @Override
        public void changeReplicationId() {
            byte[] id = new byte[ID_BYTES / 2];
            for (int i = 0; i < id.length; i++) {
                id[i] = (byte) randomness.nextInt(1 << Byte.SIZE);
            }
            figures.replicationId(HexFormat.of().formatHex(id));
        }
    }

    /** What a session that ends leaves behind. */
    static void forget(Session session, Watches watches, TrackingTable tracking) {
        session.watched().clear(watches);
        tracking.disable(session);
        Subscriptions subscriptions = session.subscriptions();
        if (subscriptions != null) {
            subscriptions.close();
        }
    }

    private long storedBytes() {
        return figures.storedBytesAtOnce();
    }

    /** Builds a broker and opens its wires; throws {@link StartRefused} if one of them cannot be opened. */
    public static Broker start(Settings settings, Ports ports) {
        return start(settings, ports, new LocalDisk(), Broker::cannotGoOn);
    }

    /**
     * A broker on another disk.
     *
     * @param cannotGoOn is told why the process has to end at once; from any thread
     */
    public static Broker start(Settings settings, Ports ports, Disk disk, Consumer<String> cannotGoOn) {
        Broker broker = new Broker(settings, disk, cannotGoOn);
        try {
            broker.open(ports);
        } catch (RuntimeException refused) {
            broker.close();
            throw refused;
        }
        return broker;
    }

    private void open(Ports ports) {
        boolean loads = storage.isLoading();
        if (!loads) {
            storage.open(this::replaying); // what the first client writes is kept already
        }
        wires.open(ports);
        log.info("Listening, PID: {}", ProcessHandle.current().pid()); // who waits for a PID wants to connect then
        log.info("Server initialized");
        if (loads) {
            storage.open(this::replaying);
        }
        ready = true;
    }

    private Replaying replaying(Replaying.Base base, Replaying.Progress progress) {
        Session nobody = sessions.guest(new Nobody(), time.epochMillis());
        return new Replaying(dispatcher, keyspace, loop, nobody, rows, base, progress);
    }

    /** The process ends at once: what would be told to clients may not be so. */
    private static void cannotGoOn(String why) {
        log.error("Stopping: {}", why);
        Runtime.getRuntime().halt(1);
    }

    /** The wires, threads, memory and transport, for the line that says that the broker is ready. */
    public String describe() {
        return wires.describe() + " io-threads="
                + settings.integer(Setting.IO_THREADS)
                + " arena-bytes-max="
                + extents.maxBytes() + " heap-bytes-max="
                + Runtime.getRuntime().maxMemory() + " transport="
                + (Epoll.isAvailable() ? "epoll" : "nio");
    }

    /** Port of RESP clients, or {@link Ports#OFF}. */
    public int respPort() {
        return wires.respPort();
    }

    /** Port of RSocket clients over TCP, or {@link Ports#OFF}. */
    public int rsocketPort() {
        return wires.rsocketPort();
    }

    /** Port of WebSockets, metrics and health, or {@link Ports#OFF}. */
    public int httpPort() {
        return wires.httpPort();
    }

    /**
     * Writes what the settings want written at the end, and closes. Returns false if that did not work and the broker goes
     * on; never on the loop.
     */
    boolean shutDown(Persistence.Ending how) {
        if (loops.isDisposed()) {
            return true;
        }
        Sinks.One<Boolean> ended = Sinks.one();
        loop.execute(() -> storage.shutdown(how).subscribe(ended::tryEmitValue));
        if (!Boolean.TRUE.equals(ended.asMono().block())) {
            return false;
        }
        close();
        return true;
    }

    /** Completes when the broker has stopped, whatever stopped it. */
    public Mono<Void> onStop() {
        return stopped.asMono();
    }

    /** Runs something on the keyspace loop and waits for it: for embedding and tests, never from the loop itself. */
    public <T> T onLoop(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(work.call());
            } catch (Throwable failed) { // also an Error: somebody waits
                result.completeExceptionally(failed);
            }
        });
        return result.join();
    }

    /** What changed, for whoever wants to follow it; to be touched {@link #onLoop} alone. */
    public Journal journal() {
        return journal;
    }

    /** Whether all data is being written to its file; to be asked {@link #onLoop} alone. */
    boolean isSaving() {
        return storage.isSaving();
    }

    /** Commands run since the start; to be asked {@link #onLoop} alone. */
    long commandsProcessed() {
        return statistics.processed();
    }

    /** Memory and journal may differ: nothing may go on. */
    private void die(Throwable cause) {
        log.error("Stopping: a command failed after it had changed something", cause);
        Runtime.getRuntime().halt(70);
    }

    /** Stops: closes the wires and every connection, then the threads. Does nothing the second time. */
    @Override
    public synchronized void close() {
        if (loops.isDisposed()) {
            return;
        }
        ready = false;
        wires.stop();
        onLoop(() -> {
            List.copyOf(sessions.all()).forEach(session -> session.connection().close(false));
            return true;
        });
        Sinks.Empty<Void> idle = Sinks.empty();
        loop.execute(() -> storage.stop().subscribe(nothing -> {}, failed -> {}, idle::tryEmitEmpty));
        idle.asMono().block();
        appendOnly.join();
        if (ioLoops != loops) {
            ioLoops.disposeLater(java.time.Duration.ZERO, java.time.Duration.ofSeconds(2))
                    .block();
        }
        loops.disposeLater(java.time.Duration.ZERO, java.time.Duration.ofSeconds(2))
                .block();
        snapshotThread.shutdown();
        storage.close();
        meters.close();
        scraper.shutdown();
        extents.close();
        background.shutdown(); // after what the pool still has it close
        stopped.tryEmitEmpty();
    }
}
