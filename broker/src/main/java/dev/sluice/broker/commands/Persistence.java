package dev.sluice.broker.commands;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What keeps the data beyond the process, as commands drive it. On the keyspace loop; one thing at a time is written. */
public interface Persistence {
    /** Writes the dataset to its file while commands go on. Completes with whether that has worked. */
    Mono<Boolean> save();

    /** As {@link #save}, watched by nobody. Returns false if it cannot even begin. */
    boolean beginSave();

    /** To be done as soon as nothing else is being written. */
    void scheduleSave();

    /** Writes the append-only file anew, from the data as it is now. Returns false if it cannot even begin. */
    boolean beginRewrite();

    /** To be done as soon as nothing else is being written. */
    void scheduleRewrite();

    /** Whether the dataset is being written to its file. */
    boolean isSaving();

    /** Whether the append-only file is being written anew. */
    boolean isRewriting();

    /** Whether anything at all is being written. */
    boolean isBusy();

    /** Whether the append-only file is written. */
    boolean isAppending();

    /** After a FLUSHALL: completes when that will not be undone by a restart, as far as it can; null: nobody waits. */
    @Nullable
    Mono<Void> savedAfterFlush();

    /** Completes with whether it is written now, where the settings have just asked for it; null: nothing is under way. */
    @Nullable
    Mono<Boolean> turningOn();

    /** Writing what was changed takes so much longer each time: for tests. */
    void slowDownAppending(long micros);

    /** Whether all that has been changed would be there, in the append-only file, after a crash of the machine. */
    boolean isForced();

    /** Completes when what has been changed by now is. */
    Mono<Void> whenForced();

    /** When the dataset was last written as a whole, or read, in seconds since 1970. */
    long savedSeconds();

    /** What became of reading all data again. */
    enum Reloaded {
        DONE,
        NOT_SAVED,
        /** A part of it may be there. */
        NOT_LOADED
    }

    /**
     * Reads the dataset's file; nobody comes between.
     *
     * @param saves what there is is written to it before
     * @param flushes what there is goes before
     * @param merges what there is under a key gives way to what the file has there; else such a key is an error
     */
    Mono<Reloaded> reload(boolean saves, boolean flushes, boolean merges);

    /** Reads the append-only file in place of all data, in the same way. */
    Mono<Reloaded> reloadAppendLog();

    /** Whether checksums of files and payloads are looked at: for tests that break what is behind them. */
    boolean verifiesChecksums();

    void verifyChecksums(boolean on);

    /** How the process is to end. */
    record Ending(boolean saves, boolean savesNot, boolean forced) {}

    /** Ends the process after what is to be written was. Completes with false if it goes on, because that did not work. */
    Mono<Boolean> shutdown(Ending how);
}
