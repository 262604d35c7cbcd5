package dev.sluice.broker.seam;

/** The turns of the keyspace loop, for what goes on in bites between those that serve clients. */
public interface Turns extends Timer {
    /** Runs as a turn of its own; from any thread. */
    void execute(Runnable turn);

    /** Runs as a turn of its own, after the sockets that are ready; on the loop only. */
    void nextTurn(Runnable turn);

    /** Runs at the end of the present turn; on the loop only. */
    void atEndOfTurn(Runnable what);
}
