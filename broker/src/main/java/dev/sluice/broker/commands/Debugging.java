package dev.sluice.broker.commands;

/** What DEBUG may do to the broker that it runs in. */
public interface Debugging {
    /** Whether keys whose time has come are removed although nobody asks for them. */
    void activeExpiry(boolean on);

    /** Whether there is housekeeping at all. */
    void housekeeping(boolean on);

    /** Keeps the loop from everything else for so many nanoseconds. */
    void hold(long nanos);

    /** The data's history gets another name, as if it had been promoted. */
    void changeReplicationId();
}
