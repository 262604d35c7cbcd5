package dev.sluice.broker.seam;

import reactor.core.Disposable;

/** Runs something later on the keyspace loop. */
public interface Timer {
    /** Once, after so many milliseconds, unless disposed of before. */
    Disposable after(long delayMs, Runnable what);
}
