package dev.sluice.broker.ranking;

import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.rsocket.SharedReply;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One window of a board: what it shows, and who waits for it to show something else. */
final class View {
    final Board board;
    final Window window;

    int watchers;
    /** Whether it is to be computed without a look at what changed. */
    boolean stale;
    /** Whether it stands in line to be checked. */
    boolean due;

    private Set<Ranking> waiting = new LinkedHashSet<>(); // who has seen the present value and wants the next
    private Set<Ranking> telling = new LinkedHashSet<>(); // who is to be told

    private @Nullable Cut cut;
    private @Nullable SharedReply value;
    private @Nullable CommandError failure;
    private long version;
    private long rightAt = -1;

    View(Board board, Window window) {
        this.board = board;
        this.window = window;
    }

    /** Grows with each value. */
    long version() {
        return version;
    }

    @Nullable
    SharedReply value() {
        return value;
    }

    /** Why there is no value; null if there is one. */
    @Nullable
    CommandError failure() {
        return failure;
    }

    /** Whether the value is that of this very moment. */
    boolean isCurrent() {
        return rightAt == board.changes();
    }

    /** Whether somebody waits here: then what changes is looked at without further ado. */
    boolean isAttended() {
        return !waiting.isEmpty();
    }

    void await(Ranking ranking) {
        waiting.add(ranking);
    }

    /** Who is to be told when this has been computed, whether it then shows something else or not. */
    void ask(Ranking ranking) {
        telling.add(ranking);
    }

    void leave(Ranking ranking) {
        waiting.remove(ranking);
        telling.remove(ranking);
    }

    /** All who wait are to be told. */
    void tellAll() {
        if (telling.isEmpty()) {
            Set<Ranking> none = telling;
            telling = waiting;
            waiting = none;
        } else {
            telling.addAll(waiting);
            waiting.clear();
        }
    }

    boolean hasToTell() {
        return !telling.isEmpty();
    }

    void tellNext() {
        Ranking next = telling.iterator().next();
        telling.remove(next);
        next.tell();
    }

    /** Whether a change that the value does not have may have been forgotten by now: then comparing proves nothing. */
    boolean isBehind() {
        return rightAt < board.openSince();
    }

    /** Whether somebody wants to know what it shows, and that may be another now than it was. */
    boolean isToBeComputed() {
        Cut shown = cut;
        return stale || isAttended() && (shown == null || board.hasTouched(shown));
    }

    /** The changes up to the last sweep made no difference, if somebody waits: else nobody has looked. */
    void unchanged() {
        if (isAttended()) {
            rightAt = Math.max(rightAt, board.openSince());
        }
    }

    /** Returns whether it shows something else. */
    boolean shows(Cut next) {
        boolean differs = cut == null || !cut.value().equals(next.value());
        cut = next;
        failure = null;
        computed();
        if (differs) {
            value = new SharedReply(next.value());
            version++;
        }
        return differs;
    }

    void fails(CommandError reason) {
        cut = null;
        value = null;
        failure = reason;
        computed();
        version++;
    }

    private void computed() {
        stale = false;
        rightAt = board.changes();
    }
}
