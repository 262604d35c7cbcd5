package dev.sluice.broker.command;

import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.session.Session;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.List;

/** One run of one command: who asks, what, of which database, at what time. Lives until its reply is made. */
public final class Call {
    private final Request request;
    private final Command command;
    private final Session session;
    private final Keyspace keyspace;
    private final Changes changes;
    private final Engine engine;
    private final boolean mayWait;
    private final Database database;

    /** Made by the dispatcher. */
    public Call(
            Request request,
            Command command,
            Session session,
            Keyspace keyspace,
            Changes changes,
            Engine engine,
            boolean mayWait) {
        this.request = request;
        this.command = command;
        this.session = session;
        this.keyspace = keyspace;
        this.changes = changes;
        this.engine = engine;
        this.mayWait = mayWait;
        this.database = keyspace.database(session.database());
    }

    public Request request() {
        return request;
    }

    public Command command() {
        return command;
    }

    public Session session() {
        return session;
    }

    public Engine engine() {
        return engine;
    }

    public Keyspace keyspace() {
        return keyspace;
    }

    /** The connection's database. */
    public Database database() {
        return database;
    }

    /** Number of arguments, the name included. */
    public int size() {
        return request.size();
    }

    public Bytes argument(int index) {
        return request.argument(index);
    }

    /** Argument 1, which is where most commands have their key. */
    public Bytes key() {
        return request.argument(1);
    }

    /** The arguments from a position on. */
    public Args args(int from) {
        return new Args(request, from);
    }

    /** Milliseconds since the epoch, the same for the whole of a call, a transaction or a script. */
    public long now() {
        return keyspace.now();
    }

    /** Whether a time has come, so that what is to expire then goes at once. */
    public boolean isPast(long atMs) {
        return keyspace.isPast(atMs);
    }

    public boolean resp3() {
        return session.protocol() == 3;
    }

    /** Whether a command may answer later; false in EXEC and scripts. */
    public boolean mayWait() {
        return mayWait;
    }

    /** Tells the snapshot that is being made, before the command runs, which keys it may change. */
    public void keysMayChange() {
        for (int position : Keys.changing(command, request)) {
            database.aboutToChange(request.argument(position));
        }
    }

    /**
     * Says that a key of this database changed: journal, WATCH, notifications, tracking and waiting clients hear of it
     * from here alone. Without an explicit {@link #effect} the request itself is what the journal records.
     */
    public void changed(Bytes key, Event event) {
        changes.changed(database, key, event);
    }

    public void changed(Database where, Bytes key, Event event) {
        changes.changed(where, key, event);
    }

    /** Says of a member of a sorted set, before {@link #changed}, which score it had and has; NaN for none. */
    public void scored(Bytes key, Bytes member, double before, double after) {
        changes.scored(database, key, member, before, after);
    }

    /** Whether somebody is told of scores: if not, those that are not known need not be looked up. */
    public boolean isFollowed() {
        return changes.isFollowed();
    }

    /** Removes a collection that this call may have emptied. Whoever listens hears of that, after the change itself. */
    public void deleteIfEmpty(Bytes key) {
        if (database.deleteIfEmpty(key)) {
            changes.followed(database, key, Event.DEL);
        }
    }

    /** Says what a change brought with it and is no change of its own: for those who are told of events. */
    public void followed(Bytes key, Event event) {
        changes.followed(database, key, event);
    }

    /** States the deterministic effect of this call, instead of the request; several calls state several effects. */
    public void effect(Request effect) {
        changes.effect(database.index(), effect);
    }

    /** Whether anybody reads effects: else a long one need not be made. */
    public boolean isJournalled() {
        return changes.isRecording();
    }

    /** This call changed something that no key stands for (FLUSHALL); the request itself is the effect. */
    public void changedAll(Database where) {
        changes.changedAll(where);
    }

    /** One or all of the databases have been emptied. */
    public void flushed() {
        changes.flushed();
    }

    /** All databases have been emptied. */
    public void flushedAll() {
        changes.flushedAll();
    }

    /** Two databases are about to change places. */
    public void swapping(Database a, Database b) {
        changes.swapping(a, b);
    }

    /** Answers when one of the keys can serve the attempt. Only where {@link #mayWait()}. */
    public Reply waitFor(List<Bytes> keys, Value.Type type, long timeoutMs, Reply onTimeout, Engine.Attempt attempt) {
        return Reply.later(engine.waitFor(this, keys, type, timeoutMs, onTimeout, attempt));
    }

    /** Answers when the key is gone and this call's turn has come. Only where {@link #mayWait()}. */
    public Reply waitUntilGone(Bytes key, long timeoutMs, Reply onTimeout, Engine.Attempt attempt) {
        return Reply.later(engine.waitFor(this, List.of(key), null, timeoutMs, onTimeout, attempt));
    }

    /** How many calls wait until a key is gone. */
    public int awaitingGone(Bytes key) {
        return engine.awaitingGone(database.index(), key);
    }
}
