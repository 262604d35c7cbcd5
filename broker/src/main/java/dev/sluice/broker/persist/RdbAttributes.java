package dev.sluice.broker.persist;

import dev.sluice.broker.keyspace.AccessClock;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.Bytes;

/** What stands before a key in a file: its time to live and its last access. */
final class RdbAttributes {
    private static final int NOT_GIVEN = -1;

    long expireAtMs;
    long idleSeconds;
    int frequency;

    RdbAttributes() {
        clear();
    }

    /** Nothing is said of the next key. */
    void clear() {
        expireAtMs = Database.NO_EXPIRY;
        idleSeconds = NOT_GIVEN;
        frequency = NOT_GIVEN;
    }

    boolean expires() {
        return expireAtMs != Database.NO_EXPIRY;
    }

    boolean tellAccess() {
        return idleSeconds != NOT_GIVEN || frequency != NOT_GIVEN;
    }

    /** Marks a key that is there, if what is said is what its policy asks for. */
    void mark(Database database, AccessClock accesses, Bytes key) {
        if (accesses.countsFrequency()) {
            if (frequency != NOT_GIVEN) {
                database.putAccessMark(key, accesses.counted(frequency));
            }
        } else if (idleSeconds != NOT_GIVEN) {
            database.putAccessMark(key, accesses.idle(idleSeconds));
        }
    }
}
