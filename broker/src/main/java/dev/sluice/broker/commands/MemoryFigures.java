package dev.sluice.broker.commands;

import dev.sluice.broker.metric.MemoryUse;

/** The broker's memory, for MEMORY. */
public interface MemoryFigures {
    MemoryUse use();

    /** Each arena with what it has and what of that is in use, as text. */
    String arenas();

    /** Gives back what is held ready but not in use. */
    void purge();
}
