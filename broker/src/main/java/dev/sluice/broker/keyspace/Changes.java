package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Value;
import dev.sluice.broker.journal.Journal.Effect;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the present call changed. Handlers and the keyspace report here and nowhere else; watchers are told at once,
 * waiting clients and the journal when the call ends, in that order of execution.
 */
public final class Changes implements Keyspace.Listener {
    /** Hears of each change as it happens: notifications, client-side caching. */
    public interface Observer {
        void changed(Database database, Bytes key, Event event);

        /** One or all of the databases have been emptied. */
        default void flushed() {}

        /** Two databases are about to change places. */
        default void swapping(Database a, Database b) {}
    }

    /** Hears of the members of sorted sets what the change consists of that comes next. */
    public interface Scores {
        /** A member's score was another; NaN stands for no member. {@code member} is valid only during the call. */
        void scored(Database database, Bytes key, Bytes member, double before, double after);
    }

    private static final Bytes DEL = Bytes.of("DEL");
    private static final Bytes HDEL = Bytes.of("HDEL");
    private static final Bytes SREM = Bytes.of("SREM");
    private static final Bytes ZREM = Bytes.of("ZREM");

    private final Watches watches;
    private final Waiters waiters;
    private Observer[] observers = {}; // replaced, not changed: one may come or go while they are told
    private final List<Effect> effects = new ArrayList<>();
    private Runnable onFlushedAll = () -> {};
    private @Nullable Scores scores;
    private boolean recording;
    private boolean touched;
    private boolean explicit;
    private long count;

    public Changes(Watches watches, Waiters waiters) {
        this.watches = watches;
        this.waiters = waiters;
    }

    public void observe(Observer observer) {
        observers = Arrays.copyOf(observers, observers.length + 1);
        observers[observers.length - 1] = observer;
    }

    /** The observer, which does observe, hears of nothing any more. */
    public void leave(Observer observer) {
        List<Observer> others = new ArrayList<>(Arrays.asList(observers));
        others.remove(observer);
        observers = others.toArray(Observer[]::new);
    }

    /** Who is told of scores; null for nobody. */
    public void follow(@Nullable Scores follower) {
        scores = follower;
    }

    /** Whether somebody is told of scores: if not, they need not be looked up. */
    public boolean isFollowed() {
        return scores != null;
    }

    /**
     * Says of one member what the change to come of its key consists of. A change of which all members were told is that
     * alone; of one that was not told by members anything may have changed.
     */
    public void scored(Database database, Bytes key, Bytes member, double before, double after) {
        Scores follower = scores;
        if (follower != null) {
            follower.scored(database, key, member, before, after);
        }
    }

    /** Whether somebody reads the journal: if not, effects are not even collected. */
    public void recording(boolean on) {
        recording = on;
    }

    /** Whether effects are collected: if not, they need not be made. */
    public boolean isRecording() {
        return recording;
    }

    public void changed(Database database, Bytes key, Event event) {
        touched = true;
        count++;
        tell(database, key, event);
    }

    private void tell(Database database, Bytes key, Event event) {
        if (!watches.isEmpty()) {
            watches.changed(database.index(), key, event);
        }
        if (!waiters.isEmpty()) {
            waiters.changed(database.index(), key);
        }
        for (Observer observer : observers) {
            observer.changed(database, key, event);
        }
    }

    /** The whole database changed: everybody who watches a key in it, or waits for one, is told. */
    public void changedAll(Database database) {
        touched = true;
        count++;
        watches.changedAll(database);
        if (!waiters.isEmpty()) {
            waiters.changedAll(database.index());
        }
    }

    /** One or all of the databases have been emptied, each of which has been told as {@link #changedAll}. */
    public void flushed() {
        for (Observer observer : observers) {
            observer.flushed();
        }
    }

    /** As {@link #flushed}, after all of them. */
    public void flushedAll() {
        flushed();
        onFlushedAll.run();
    }

    /** Who hears of it when all databases have been emptied. */
    public void onFlushedAll(Runnable what) {
        onFlushedAll = what;
    }

    /** Two databases are about to change places: who watches or waits for a key of either is told. */
    public void swapping(Database a, Database b) {
        touched = true;
        count++;
        watches.swapping(a, b);
        waiters.changedAll(a.index());
        waiters.changedAll(b.index());
        for (Observer observer : observers) {
            observer.swapping(a, b);
        }
    }

    /** What a change brought with it, and which is no change of its own. */
    public void followed(Database database, Bytes key, Event event) {
        tell(database, key, event);
    }

    /** A key went by itself, inside a call or between calls. */
    private void lost(Database database, Bytes key, Event event) {
        if (recording) {
            effects.add(new Effect(database.index(), new Request(DEL, key.detached())));
        }
        tell(database, key, event);
    }

    @Override
    public void expired(Database database, Bytes key) {
        lost(database, key, Event.EXPIRED);
    }

    @Override
    public void evicted(Database database, Bytes key) {
        lost(database, key, Event.EVICTED);
    }

    @Override
    public void added(Database database, Bytes key) {
        for (Observer observer : observers) {
            observer.changed(database, key, Event.NEW);
        }
    }

    @Override
    public void missed(Database database, Bytes key) {
        for (Observer observer : observers) {
            observer.changed(database, key, Event.MISS);
        }
    }

    @Override
    public void memberExpired(Database database, Bytes key, Value.Type type, Bytes member) {
        switch (type) {
            case HASH -> lostMember(database, key, HDEL, member, Event.HEXPIRED);
            case SET -> lostMember(database, key, SREM, member, Event.SEXPIRED);
            case SORTED_SET -> lostMember(database, key, ZREM, member, Event.ZEXPIRED);
            case STRING, LIST, STREAM -> throw new IllegalArgumentException();
        }
    }

    private void lostMember(Database database, Bytes key, Bytes command, Bytes member, Event event) {
        if (recording) {
            effects.add(new Effect(database.index(), new Request(command, key.detached(), member.detached())));
        }
        tell(database, key, event);
    }

    /** The effect of its last member's loss includes this. */
    @Override
    public void emptied(Database database, Bytes key) {
        tell(database, key, Event.DEL);
    }

    public void effect(int database, Request effect) {
        explicit = true;
        if (recording) {
            effects.add(new Effect(database, effect));
        }
    }

    /** Closes one call, which may be part of a larger one: the request is its effect unless it stated others. */
    public void end(int database, Request request) {
        if (touched && !explicit && recording) {
            effects.add(new Effect(database, request));
        }
        touched = false;
        explicit = false;
    }

    /** Whether the present call has changed anything yet: from then on it cannot refuse. */
    public boolean any() {
        return touched || explicit;
    }

    /** Effects since the last {@link #clear()}, in order. */
    public List<Effect> effects() {
        return effects;
    }

    public void clear() {
        effects.clear();
    }

    /** Changes since the start, as INFO counts them. */
    public long count() {
        return count;
    }
}
