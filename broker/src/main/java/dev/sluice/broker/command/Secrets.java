package dev.sluice.broker.command;

import dev.sluice.streams.message.Request;

/** Which arguments of a request nobody but its command may see: no log, no MONITOR. */
@FunctionalInterface
public interface Secrets {
    /** Nothing is secret. */
    Secrets NONE = (request, index) -> false;

    /** Whether an argument is to be hidden; the indexes are those of the request, its name is 0. */
    boolean hides(Request request, int index);

    /** All arguments from a position on. */
    static Secrets from(int first) {
        return (request, index) -> index >= first;
    }
}
