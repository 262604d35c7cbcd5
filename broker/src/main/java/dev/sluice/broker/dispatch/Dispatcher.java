package dev.sluice.broker.dispatch;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Engine;
import dev.sluice.broker.command.Flag;
import dev.sluice.broker.command.Keys;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.journal.Journal;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Eviction;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.keyspace.Waiters;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.session.Pause;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Throttle;
import dev.sluice.broker.session.Tracking;
import dev.sluice.broker.session.TrackingTable;
import dev.sluice.broker.session.Transaction;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.HeapRoom;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The one way of a command: admit, run, journal. Requests of every wire, of transactions, scripts, journal replay and
 * replication enter at {@link #run} and get a reply back. All of it on the keyspace loop.
 *
 * <p>A call ends completely before the next one runs: its effects are in the journal, and the clients that waited for
 * what it changed are served (each as a call of its own).
 */
public final class Dispatcher implements Engine {
    private static final long NOT_SERVED = -1;

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private static final Request EXEC = Request.of("EXEC");

    private final CommandIndex index;
    private final @Nullable Command exec;
    private final CommandStatistics statistics;
    private final AdmissionPolicy policy;
    private final Admission admission;
    private final Keyspace keyspace;
    private final Changes changes;
    private final Waiters waiters;
    private final Pause pause;
    private final TrackingTable tracking;
    private final Eviction eviction;
    private final Throttle throttle;
    private final Journal journal;
    private final Time time;
    private final CoarseClock clock;
    private final Consumer<Throwable> fatal;
    private @Nullable CallObserver observer;
    private long observedNanos = Long.MAX_VALUE;
    private long servingNanos = NOT_SERVED;
    private HeapRoom.@Nullable Meter kept;
    private boolean hasNestedEnd;
    private long nestedEndNanos; // the next begins where the one before ended: one look at the clock less

    /** @param fatal ends the process: memory and journal may differ after what it is given */
    public Dispatcher(
            CommandIndex index,
            CommandStatistics statistics,
            AdmissionPolicy policy,
            Keyspace keyspace,
            Changes changes,
            Waiters waiters,
            Pause pause,
            TrackingTable tracking,
            Eviction eviction,
            Throttle throttle,
            Journal journal,
            Time time,
            Consumer<Throwable> fatal) {
        this.index = index;
        this.exec = index.ending();
        this.statistics = statistics;
        this.policy = policy;
        this.admission = new Admission(policy, this::hasRoom);
        this.keyspace = keyspace;
        this.changes = changes;
        this.waiters = waiters;
        this.pause = pause;
        this.tracking = tracking;
        this.eviction = eviction;
        this.throttle = throttle;
        this.journal = journal;
        this.time = time;
        this.clock = new CoarseClock(time);
        this.fatal = fatal;
    }

    public void observe(CallObserver by) {
        observer = by;
    }

    /** The observer hears of calls that took at least so long. */
    public void observeFrom(long nanos) {
        observedNanos = nanos;
    }

    /**
     * Runs one request to its reply, which is {@link Reply.Later} if it waits. The request's arguments need to live
     * only until this returns.
     */
    public Reply run(Session session, Request request) {
        Reply reply = admitted(session, request);
        if (tracking.isOn()) {
            endCaching(session, request);
        }
        return reply;
    }

    /** CLIENT CACHING holds for the request behind it, or the transaction; other CLIENT requests may stand between. */
    private void endCaching(Session session, Request request) {
        Tracking how = session.tracking();
        if (how != null && how.isCaching() && session.transaction() == null) {
            Command command = index.find(request);
            Command container = command == null ? null : command.parent();
            if (container == null || !container.name().equals("CLIENT")) {
                how.caching(false);
            }
        }
    }

    private Reply admitted(Session session, Request request) {
        Command command = index.find(request);
        try {
            command = admission.admit(session, request, command, index);
            reserve(session, command, request);
        } catch (CommandError refusal) {
            return command != null && command.has(Flag.ENDS_TRANSACTION)
                    ? refusedAtTheEnd(session, command, request, refusal.reply())
                    : refused(session, command, refusal);
        }
        session.lastCommand(command);
        if (tracking.isOn()) {
            tracking.limit();
        }
        Transaction transaction = session.transaction();
        try {
            if (pause.isOn() && !session.isMonitor() && pause.holds(writes(command, transaction))) {
                Request kept = kept(request);
                return Reply.later(pause.hold(session, kept.bytes(), () -> run(session, kept)));
            }
            if (transaction != null && !command.has(Flag.IMMEDIATE)) {
                transaction.add(kept(request), writes(command, null), command.has(Flag.DENYOOM));
                return Reply.Status.QUEUED;
            }
        } catch (CommandError noRoomToKeepIt) {
            return refused(session, command, noRoomToKeepIt);
        }
        return top(session, command, request);
    }

    /**
     * Runs a whole transaction for a session that has no MULTI, as a call of EXEC. A command that could not be queued is
     * refused for all of them, and nothing runs. The requests must be ones that can be kept.
     *
     * @return what EXEC answers, and a null too if something is not as expected; {@link Reply.Later} during a pause
     */
    public Reply transaction(Session session, List<Request> requests, List<Transaction.Expected> expected) {
        Command end = exec;
        if (end == null) {
            return Reply.error("ERR a transaction needs the command EXEC, which the settings have taken away");
        }
        Transaction transaction = new Transaction(expected);
        session.transaction(transaction);
        try {
            requests.forEach(request -> queue(session, transaction, request));
        } catch (CommandError refusal) {
            return refusal.reply();
        } finally {
            session.transaction(null);
        }
        session.lastCommand(end);
        if (tracking.isOn()) {
            tracking.limit();
        }
        if (pause.isOn() && pause.holds(transaction.writes())) {
            return Reply.later(
                    pause.hold(session, transaction.bytes(), () -> transaction(session, requests, expected)));
        }
        session.transaction(transaction);
        try {
            return top(session, end, EXEC);
        } finally {
            session.transaction(null);
        }
    }

    private void queue(Session session, Transaction transaction, Request request) {
        Command command = index.find(request);
        try {
            command = admission.admit(session, request, command, index);
        } catch (CommandError refusal) {
            refused(session, command, refusal);
            throw refusal;
        }
        transaction.add(request, writes(command, null), command.has(Flag.DENYOOM));
    }

    /**
     * Runs one request of a journal: it ran before, so nobody is asked whether it may, nothing is counted and nobody is
     * told; nothing is journalled.
     */
    public Reply replay(Session session, Command command, Request request) {
        keyspace.begin(time.epochMillis(), false);
        changes.recording(false);
        return attempted(session, command, request, false);
    }

    private boolean hasRoom() {
        return !eviction.isOver() || policy.isLoading() || makeRoom() != Eviction.Outcome.NONE;
    }

    /** For who goes to data by another way than {@link #run}; throws {@link CommandError} while it is being read. */
    public void requireLoaded() {
        if (policy.isLoading()) {
            throw Admission.loading();
        }
    }

    /** A bite of eviction, if memory is short. What goes is journalled as if it were a call. */
    public Eviction.Outcome makeRoom() {
        keyspace.begin(time.epochMillis(), false);
        changes.recording(journal.isRead());
        Eviction.Outcome outcome = eviction.makeRoom();
        finish();
        return outcome;
    }

    /** Whether this changes data or goes to replicas, by itself or by what the transaction has queued. */
    private static boolean writes(Command command, @Nullable Transaction transaction) {
        return command.isWrite()
                || command.has(Flag.MAY_REPLICATE)
                || transaction != null && transaction.writes() && command.has(Flag.ENDS_TRANSACTION);
    }

    /** Memory for what the call may keep; where there is none it is refused before it runs. */
    private void reserve(Session session, Command command, Request request) {
        if (command.has(Flag.DENYOOM)) {
            keyspace.database(session.database()).reserve(request.size(), request.bytes());
        }
    }

    /** A refused EXEC discards what was queued, if anything was, and says why. */
    private Reply refusedAtTheEnd(Session session, Command command, Request request, Reply.Failure refusal) {
        Transaction open = session.transaction();
        Transaction spoiled = open == null ? new Transaction() : open;
        String message = refusal.message();
        spoiled.spoil(": " + (message.startsWith("ERR ") ? message.substring(4) : message));
        session.transaction(spoiled);
        statistics.rejected(command);
        keyspace.begin(time.epochMillis(), false);
        Reply reply = guarded(session, command, request, true);
        if (reply instanceof Reply.Failure failure) {
            statistics.error(failure.code());
        }
        return reply;
    }

    private Reply refused(Session session, @Nullable Command command, CommandError refusal) {
        Transaction transaction = session.transaction();
        if (transaction != null) {
            transaction.spoil();
        }
        if (command != null) {
            statistics.rejected(command);
        }
        Reply.Failure failure = refusal.reply();
        statistics.error(failure.code());
        return failure;
    }

    /** Requests with these keys are about to come from this session: see {@link Database#fetch}. */
    public void fetch(Session session, Bytes[] keys, int count) {
        keyspace.database(session.database()).fetch(keys, count);
    }

    /** A call at the top: it reads the clock, and ends with the journal and the waiters. */
    private Reply top(Session session, Command command, Request request) {
        long start = time.nanos();
        keyspace.begin(clock.epochMillis(start), command.has(Flag.READONLY));
        session.active(keyspace.now());
        changes.recording(journal.isRead());
        hasNestedEnd = false;
        if (tracking.isOn()) {
            tracking.begin(session);
        }
        if (!throttle.isEmpty()) {
            throttle.clear(); // filled by what is nobody's call
        }
        Reply reply = timed(session, command, request, true, start);
        finish();
        reply = tracking.isOn() ? tracking.end(session, reply) : reply;
        return throttle.isEmpty() ? reply : whenThereIsRoom(session, command, reply);
    }

    /**
     * The reply of a call that has filled subscribers: not before they have room. One that takes something away for its
     * client does not wait: it would be lost with a client that leaves meanwhile.
     */
    private Reply whenThereIsRoom(Session session, Command command, Reply reply) {
        Mono<Void> room = throttle.take(session.connection());
        return room == null || reply instanceof Reply.Later || command.has(Flag.BLOCKING)
                ? reply
                : Reply.later(room.thenReturn(reply).doOnCancel(reply::release));
    }

    private void finish() {
        if (!changes.effects().isEmpty()) {
            journal.append(changes.effects());
            changes.clear();
        }
        if (waiters.hasReady()) {
            waiters.serve(keyspace);
        }
    }

    private Reply timed(Session session, Command command, Request request, boolean mayWait, long start) {
        Reply reply = guarded(session, command, request, mayWait);
        if (tracking.isOn()) {
            remember(session, command, request);
        }
        long end = time.nanos();
        if (!mayWait) {
            hasNestedEnd = true;
            nestedEndNanos = end;
        }
        long nanos = end - start;
        if (reply instanceof Reply.Later later) {
            statistics.waits(command, nanos);
            reply = untilServed(session, command, keptToTell(request), nanos, later);
        } else {
            boolean failed = reply instanceof Reply.Failure;
            statistics.ran(command, nanos, failed);
            if (failed) {
                statistics.error(((Reply.Failure) reply).code());
            }
        }
        CallObserver by = observer;
        return nanos < observedNanos || by == null
                ? reply
                : by.ended(session, command, request, nanos, !mayWait, reply);
    }

    /** What a request that only reads has named as keys may be in the client's cache from now on. */
    private void remember(Session session, Command command, Request request) {
        if (command.has(Flag.READONLY) && TrackingTable.remembers(session)) {
            for (int position : Keys.positions(command, request)) {
                tracking.remember(session, request.argument(position));
            }
        }
    }

    /**
     * The request in memory of its own: it is queued or waits, and many of them, or a large one, must not fill the heap.
     * Throws {@link CommandError}.
     */
    private Request kept(Request request) {
        heap().take(request.heldBytes());
        return request.detached();
    }

    private HeapRoom.Meter heap() {
        HeapRoom.Meter meter = kept;
        if (meter == null) {
            kept = meter = new HeapRoom.Meter();
        }
        return meter;
    }

    /** For observers, who do without the arguments where there is no room. */
    private Request keptToTell(Request request) {
        try {
            return kept(request);
        } catch (CommandError noRoom) {
            return new Request(request.name().detached());
        }
    }

    /** A call that waits counts as one; the time that it waited does not. */
    private Reply untilServed(Session session, Command command, Request kept, long nanos, Reply.Later later) {
        return Reply.later(later.reply().doOnNext(reply -> {
            session.served(time.epochMillis());
            long serving = servingNanos;
            servingNanos = NOT_SERVED;
            boolean failed = reply instanceof Reply.Failure;
            if (serving == NOT_SERVED && !failed && command.has(Flag.BLOCKING)) {
                return; // its time was over
            }
            serving = Math.max(0, serving);
            statistics.served(command, nanos, serving, failed);
            if (failed) {
                statistics.error(((Reply.Failure) reply).code());
            }
            CallObserver by = observer;
            if (by != null && nanos + serving >= observedNanos) {
                by.served(session, command, kept, nanos + serving, serving);
            }
        }));
    }

    private Reply guarded(Session session, Command command, Request request, boolean mayWait) {
        if (!session.isNoTouch() && !command.has(Flag.NO_TOUCH)) {
            return attempted(session, command, request, mayWait);
        }
        keyspace.accesses().stand(true);
        try {
            return attempted(session, command, request, mayWait);
        } finally {
            keyspace.accesses().stand(false);
        }
    }

    private Reply attempted(Session session, Command command, Request request, boolean mayWait) {
        Call call = new Call(request, command, session, keyspace, changes, this, mayWait);
        try {
            if (!mayWait) {
                reserve(session, command, request); // what is queued has had no memory kept for it
            }
            if (keyspace.snapshot() != null && writes(command, null)) {
                call.keysMayChange();
            }
            Reply reply = command.handler().run(call);
            changes.end(call.database().index(), index.isRenamed() ? named(command, request) : request);
            return reply;
        } catch (CommandError refusal) {
            if (changes.any()) {
                fatal.accept(new IllegalStateException(command + " refused after its first change", refusal));
            }
            return refusal.reply();
        } catch (Throwable broken) {
            return broken(command, broken);
        }
    }

    /** The request under the command's own name, whatever the settings call it. */
    private static Request named(Command command, Request request) {
        Command container = command.parent();
        Bytes[] words = new Bytes[request.size()];
        words[0] = Bytes.of((container == null ? command : container).name());
        for (int i = 1; i < words.length; i++) {
            words[i] = request.argument(i);
        }
        return new Request(words);
    }

    private Reply broken(Command command, Throwable broken) {
        log.error("{} failed", command, broken);
        if (changes.any()) {
            fatal.accept(broken);
        }
        return Reply.error("ERR internal error: the broker's log says more");
    }

    @Override
    public @Nullable Command find(Request request) {
        return index.find(request);
    }

    @Override
    public List<Command> commands() {
        return index.commands();
    }

    @Override
    public Reply nested(Session session, Command command, Request request) {
        keyspace.countHits(command.has(Flag.READONLY));
        return timed(session, command, request, false, hasNestedEnd ? nestedEndNanos : time.nanos());
    }

    @Override
    public Mono<Reply> waitFor(
            Call call, List<Bytes> keys, Value.@Nullable Type type, long timeoutMs, Reply onTimeout, Attempt attempt) {
        Waiting waiting = new Waiting(call, type, onTimeout, attempt);
        heap().take(waiting.request.heldBytes()); // for the names once more
        List<Bytes> names = new ArrayList<>(keys.size());
        for (Bytes key : keys) {
            names.add(key.detached());
        }
        return waiters.await(waiting.database, names, timeoutMs, onTimeout, waiting);
    }

    @Override
    public int awaitingGone(int database, Bytes key) {
        return waiters.awaitingGone(database, key);
    }

    /** A call that waits for keys: its turn is a call of its own, with its own record in the journal. */
    private final class Waiting implements Waiters.Client, Session.Waiting {
        private final Session session;
        private final Command command;
        private final Request request;
        private final int database;
        private final Value.@Nullable Type type;
        private final Reply onTimeout;
        private final Attempt attempt;
        private Waiters.@Nullable Wait wait;

        Waiting(Call call, Value.@Nullable Type type, Reply onTimeout, Attempt attempt) {
            this.session = call.session();
            this.command = call.command();
            this.request = kept(call.request());
            this.database = call.database().index();
            this.type = type;
            this.onTimeout = onTimeout;
            this.attempt = attempt;
        }

        @Override
        public void begins(Waiters.Wait begun) {
            wait = begun;
            session.waits().add(this);
        }

        @Override
        public void ends() {
            session.waits().remove(this);
        }

        @Override
        public boolean unblock(@Nullable Reply instead) {
            return wait != null && wait.complete(instead == null ? onTimeout : instead);
        }

        @Override
        public long bytes() {
            return request.bytes();
        }

        @Override
        public Value.@Nullable Type type() {
            return type;
        }

        @Override
        public @Nullable Reply serve(Bytes key) {
            keyspace.countHits(false);
            if (keyspace.database(database).type(key) != type || type == null && pause.holds(true)) {
                return null; // who waits for a lock takes it: a change like others
            }
            boolean tracked = tracking.isOn();
            if (tracked) {
                tracking.serve(session);
            }
            long start = time.nanos();
            Reply reply = attempted(key);
            changes.end(database, request);
            if (!changes.effects().isEmpty()) {
                journal.append(changes.effects());
                changes.clear();
            }
            servingNanos = reply == null ? NOT_SERVED : time.nanos() - start;
            return tracked ? tracking.served(session, reply) : reply;
        }

        private @Nullable Reply attempted(Bytes key) {
            Call call = new Call(request, command, session, keyspace, changes, Dispatcher.this, false);
            try {
                if (keyspace.snapshot() != null) {
                    call.keysMayChange();
                }
                return attempt.serve(call, key);
            } catch (CommandError refusal) {
                return refusal.reply();
            } catch (Throwable broken) {
                return broken(command, broken);
            }
        }
    }

    /** Runs housekeeping (expiry) as if it were a call: what it changes is journalled and waiters served. */
    public void housekeeping(Runnable work) {
        keyspace.begin(time.epochMillis(), false);
        changes.recording(journal.isRead());
        if (!pause.holds(true)) {
            waiters.expire(keyspace); // who is served takes a lock: a change like others
        }
        work.run();
        finish();
    }

    public CommandStatistics statistics() {
        return statistics;
    }
}
