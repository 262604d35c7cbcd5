package dev.sluice.broker.net;

/** Where a stream's elements go: a socket that takes more, or does not. */
interface Outlet {
    boolean isWritable();

    /** Runs each time the socket takes more again, until removed. */
    void onWritable(Runnable what);

    void removeOnWritable(Runnable what);
}
