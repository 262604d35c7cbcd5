package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.SubArenas;

/** All that a database holds at one time: for whoever still needs it when the database has been cleared. */
record Contents(Arena arena, Table table, Values values, SubArenas.Owner subArenas) {
    /** Gives all memory back, in O(1). */
    void detach() {
        subArenas.detachAll();
        arena.detach();
    }
}
