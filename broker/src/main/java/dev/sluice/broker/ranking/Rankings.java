package dev.sluice.broker.ranking;

import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Changes;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.keyspace.Watches;
import dev.sluice.broker.seam.Time;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.rsocket.RangeRequest;
import dev.sluice.streams.rsocket.RankRequest;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Live rankings. A change is noted at its board in O(1); all else happens when the turn has ended, in passes: the boards
 * that changed are swept, of their views those are checked that somebody waits at, those are computed that the changes
 * can have touched ({@link Touched} says which), and who waits at one that shows something else is told. A pass takes as
 * many turns as it needs, each a bite, and what changes meanwhile is the next one's: so the more there is to tell, the
 * more changes are told as one.
 *
 * <p>Nothing is computed for who has no demand; they find the newest value when they have.
 */
public final class Rankings implements Changes.Observer, Changes.Scores {
    /** These leave members and scores as they are. */
    private static final Set<Event> IRRELEVANT =
            EnumSet.of(Event.NEW, Event.MISS, Event.EXPIRE, Event.PERSIST, Event.ZEXPIRE, Event.ZPERSIST);

    private final Changes changes;
    private final Keyspace keyspace;
    private final Time time;
    private final LongSupplier biteNanos;
    private final Consumer<Runnable> atEndOfTurn;
    private final Consumer<Runnable> nextTurn;
    private final Consumer<Runnable> asCall;
    private final Runnable turn = this::turn;
    private final Map<Watches.Key, Board> boards = new HashMap<>();
    private final Set<Board> changed = new LinkedHashSet<>();
    private final Queue<View> checks = new ArrayDeque<>();
    private final Queue<View> tellings = new ArrayDeque<>();
    private @Nullable Board described;
    private boolean scheduled;
    private int watchers;
    private long computed;

    /**
     * @param biteNanos how long a turn may take
     * @param atEndOfTurn runs something when what is to be done now has been done
     * @param nextTurn runs something when sockets have been served
     * @param asCall runs something that reads the keyspace, as a call of its own: keys may be found to have expired
     */
    public Rankings(
            Changes changes,
            Keyspace keyspace,
            Time time,
            LongSupplier biteNanos,
            Consumer<Runnable> atEndOfTurn,
            Consumer<Runnable> nextTurn,
            Consumer<Runnable> asCall) {
        this.changes = changes;
        this.keyspace = keyspace;
        this.time = time;
        this.biteNanos = biteNanos;
        this.atEndOfTurn = atEndOfTurn;
        this.nextTurn = nextTurn;
        this.asCall = asCall;
    }

    /** Who watches now. */
    public int watchers() {
        return watchers;
    }

    /** Different windows that are watched. */
    public int views() {
        return boards.values().stream().mapToInt(board -> board.views.size()).sum();
    }

    /** How often one was computed. */
    public long computed() {
        return computed;
    }

    /**
     * Watches a range of ranks.
     *
     * @param ready told each time that there is something to take, after {@link Ranking#take} had nothing
     */
    public Ranking watch(int database, RangeRequest request, Runnable ready) {
        Window window = new Window.Range(request.start(), request.stop(), request.reverse());
        return watch(new Watches.Key(database, request.key()), window, ready);
    }

    /** Watches the rank of a member. */
    public Ranking watch(int database, RankRequest request, Runnable ready) {
        Window window = new Window.Around(request.member(), request.around(), request.reverse());
        return watch(new Watches.Key(database, request.key()), window, ready);
    }

    private Ranking watch(Watches.Key key, Window window, Runnable ready) {
        if (watchers++ == 0) {
            changes.observe(this);
            changes.follow(this);
        }
        Board board = boards.computeIfAbsent(key, Board::new);
        View view = board.views.computeIfAbsent(window, w -> new View(board, w));
        view.watchers++;
        return new Ranking(this, view, ready);
    }

    void close(Ranking ranking) {
        View view = ranking.view;
        view.leave(ranking);
        attend(view);
        if (--view.watchers == 0) {
            view.board.views.remove(view.window);
        }
        if (view.board.views.isEmpty()) {
            boards.remove(view.board.key);
            changed.remove(view.board);
        }
        if (--watchers == 0) {
            changes.leave(this);
            changes.follow(null);
            checks.clear();
            tellings.clear();
            described = null;
        }
    }

    private static void attend(View view) {
        if (view.isAttended()) {
            view.board.attended.add(view);
        } else {
            view.board.attended.remove(view);
        }
    }

    /** The watcher wants what there is now. */
    void ask(Ranking ranking) {
        ranking.view.ask(ranking);
        compute(ranking.view);
    }

    /** The watcher has seen what there is and wants the next. */
    void await(Ranking ranking) {
        View view = ranking.view;
        view.await(ranking);
        attend(view);
        if (view.isBehind()) {
            compute(view);
        } else if (view.board.hasChanged()) {
            changed.add(view.board);
            schedule();
        }
    }

    private void compute(View view) {
        view.stale = true;
        check(view);
        schedule();
    }

    private void check(View view) {
        if (!view.due) {
            view.due = true;
            checks.add(view);
        }
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            atEndOfTurn.accept(turn);
        }
    }

    // ---- what changes

    @Override
    public void scored(Database database, Bytes key, Bytes member, double before, double after) {
        Board board = boards.get(new Watches.Key(database.index(), key));
        if (board != null) {
            board.member(member, before, after);
            described = board;
        }
    }

    /** What was told by members is that alone; any other change is one of everything. */
    @Override
    public void changed(Database database, Bytes key, Event event) {
        if (IRRELEVANT.contains(event)) {
            return;
        }
        Board board = boards.get(new Watches.Key(database.index(), key));
        if (board != null) {
            if (described != board) {
                board.everything();
            }
            described = null;
            changed(board);
        }
    }

    private void changed(Board board) {
        board.changed();
        if (!board.attended.isEmpty()) {
            changed.add(board);
            schedule();
        }
    }

    @Override
    public void flushed() {
        for (Board board : boards.values()) {
            board.everything();
            changed(board);
        }
    }

    @Override
    public void swapping(Database a, Database b) {
        flushed();
    }

    // ---- what is told

    private void turn() {
        long until = time.nanos() + biteNanos.getAsLong();
        if (isIdle()) {
            sweep();
        }
        while (!isIdle()) {
            step();
            if (time.nanos() >= until) {
                break;
            }
        }
        scheduled = !isIdle() || !changed.isEmpty();
        if (scheduled) {
            nextTurn.accept(turn);
        }
    }

    private boolean isIdle() {
        return checks.isEmpty() && tellings.isEmpty();
    }

    private void sweep() {
        for (Board board : changed) {
            board.sweep();
            board.attended.forEach(this::check);
        }
        changed.clear();
    }

    /** Looks at one view or, when all have been looked at, tells one watcher. */
    private void step() {
        View view = checks.poll();
        if (view != null) {
            view.due = false;
            look(view);
            return;
        }
        View telling = tellings.element();
        if (telling.hasToTell()) {
            telling.tellNext();
        } else {
            tellings.remove();
        }
    }

    private void look(View view) {
        if (view.isToBeComputed()) {
            computed++;
            asCall.accept(() -> show(view));
        } else {
            view.unchanged();
        }
        if (view.hasToTell()) {
            tellings.add(view);
        }
    }

    private void show(View view) {
        boolean differs;
        try {
            differs = view.shows(view.window.of(set(view.board.key)));
        } catch (CommandError refused) {
            view.fails(refused);
            differs = true;
        }
        if (differs) {
            view.tellAll();
            view.board.attended.remove(view);
        }
    }

    private @Nullable SortedSet set(Watches.Key key) {
        Value value = keyspace.database(key.database()).inspect(key.name());
        if (value != null && !(value instanceof SortedSet)) {
            throw CommandError.wrongType();
        }
        return (SortedSet) value;
    }
}
