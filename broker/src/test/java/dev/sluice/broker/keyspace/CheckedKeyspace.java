package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.SeededRandomness;
import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.CheckingArena;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A keyspace of two databases over arenas that notice what is used wrongly, or not given back. */
final class CheckedKeyspace implements AutoCloseable {
    final ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    final Losses losses = new Losses();
    final Keyspace keyspace;
    private final List<CheckingArena> arenas = new ArrayList<>();
    private final long seed;

    CheckedKeyspace(long seed, Random random) {
        this.seed = seed;
        keyspace = new Keyspace(
                2, seed, new SeededRandomness(random), this::newArena, CheckingArena.subArenas(pool), losses);
    }

    private Arena newArena() {
        CheckingArena arena = new CheckingArena(pool);
        arenas.add(arena);
        return arena;
    }

    /** The arena of the first database goes as it is; what is in it is no leak. */
    void clear() {
        arenas.removeFirst();
        keyspace.database(0).clear();
        arenas.addFirst(arenas.removeLast());
    }

    /** Deletes everything; fails if anything is left. */
    @Override
    public void close() {
        keyspace.pauseExpiry(false);
        for (Database each : keyspace.databases()) {
            keys(each).forEach(each::delete);
            while (each.entries().freeUnlinked()) {
                assertThat(each.size()).isZero();
            }
        }
        int segments = keyspace.databases().stream()
                .mapToInt(each -> each.entries().table().segments())
                .sum();
        int blocks = arenas.stream().mapToInt(CheckingArena::liveBlocks).sum();
        assertThat(blocks).as("seed %d", seed).isEqualTo(segments);
        pool.close();
    }

    static List<Bytes> keys(Database database) {
        List<Bytes> keys = new ArrayList<>();
        database.forEachKey((array, from, length, type) ->
                keys.add(Bytes.view(array, from, length).detached()));
        return keys;
    }
}
