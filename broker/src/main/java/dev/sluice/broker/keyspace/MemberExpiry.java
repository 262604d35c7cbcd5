package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.ListpackSettings;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.Root;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.streams.message.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of a database have members that expire, by the time at which the first one does: where housekeeping finds
 * them. A time may be too early, and is put right when it comes; it is never too late.
 */
final class MemberExpiry {
    private final Arena arena;
    private final ListpackSettings settings;
    private int block;

    MemberExpiry(Arena arena, ListpackSettings settings) {
        this.arena = arena;
        this.settings = settings;
    }

    private SortedSet keys() {
        return new SortedSet(new Root(arena, block, 0), settings);
    }

    long size() {
        return block == 0 ? 0 : keys().size();
    }

    /** Notes when the first member of a key expires; {@link Members#NO_EXPIRY}: none does. */
    void note(Bytes key, long firstMs) {
        if (firstMs == Members.NO_EXPIRY) {
            forget(key);
            return;
        }
        if (block == 0) {
            block = arena.allocate(Root.BYTES);
            arena.fill(block, 0, Root.BYTES, 0);
        }
        keys().put(key, firstMs);
    }

    void forget(Bytes key) {
        if (block != 0 && keys().remove(key) && keys().size() == 0) {
            arena.free(block);
            block = 0;
        }
    }

    /** A key whose time is before {@code nowMs}; null when there is none. */
    @Nullable
    Bytes due(long nowMs) {
        @Nullable Bytes[] first = {null};
        if (block != 0 && keys().countBelow(nowMs, false) > 0) {
            keys().range(0, 0, false, (array, offset, length, time) -> {
                first[0] = Bytes.view(array, offset, length).detached();
                return false;
            });
        }
        return first[0];
    }
}
