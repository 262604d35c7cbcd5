package dev.sluice.broker.commands;

import dev.sluice.broker.command.Command;

/** How long calls of a command ran. */
public interface Histograms {
    /** Calls that were timed one by one; 0 if there are none, and then the command is not shown. */
    long calls(Command command);

    /** How many of them ran at most so many nanoseconds. */
    long atMost(Command command, long nanos);
}
