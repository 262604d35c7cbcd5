package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sorted sets with arenas of their own, and in arenas that are packed. */
class SortedSetMemoryTest {
    private ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    private CheckingArena home = new CheckingArena(pool);
    private SubArenas.Owner owner = CheckingArena.subArenas(pool).owner();
    private Root root = newRoot();
    private SortedSet set = new SortedSet(root);

    private Root newRoot() {
        int block = home.allocate(Root.BYTES);
        home.fill(block, 0, Root.BYTES, 0);
        return new Root(home, block, 0, owner);
    }

    @Test
    void aLargeSetOwnsAnArena() {
        long atStart = home.bytesUsed();
        for (int round = 0; round < 2; round++) {
            fill(SortedSet.OWN_ARENA_MEMBERS);
            assertThat(root.subArena()).isZero();
            set.put(Bytes.of("one more"), 5);
            assertThat(root.subArena()).isNotZero();
            assertThat(home.bytesUsed()).isEqualTo(atStart);
            assertThat(set.bytes())
                    .isEqualTo(root.arena().bytesUsed())
                    .isEqualTo(set.tree().bytes());
            assertThat(new SortedSet(root).rank(Bytes.of("one more"))).isEqualTo(6);
            SortedTreeCheck.check(set, "in its own arena");
            set.free();
            assertThat(root.subArena()).isZero();
            assertThat(home.bytesUsed()).isEqualTo(atStart);
        }
    }

    @Test
    void aSetWithAnArenaMeetsTheModel() {
        for (int round = 0; round < 4 * Seed.SCALE; round++) {
            new SortedSetModel(set, Seed.SEED + round).run(4_000);
            set.free();
        }
    }

    @Test
    void aFullPoolLeavesTheSetAsItWas() {
        for (int limit = 2; limit < 12; limit++) {
            pool = ExtentPool.standalone(limit * (64L << 10));
            home = new CheckingArena(pool);
            owner = CheckingArena.subArenas(pool).owner();
            set = new SortedSet(newRoot());
            SortedSetModel model = new SortedSetModel(set, 5);
            putUntilRefused(model);
            model.check();
            assertThat(set.size()).as("limit %d", limit).isEqualTo(model.scores.size());
        }
    }

    private void putUntilRefused(SortedSetModel model) {
        try {
            for (int i = 0; i < 50_000; i++) {
                Bytes member = Bytes.of("member " + i * 7919 % 50_000);
                set.put(member, i % 100);
                model.scores.put(member, (double) (i % 100));
            }
            throw new AssertionError("the pool should be full");
        } catch (CommandError full) {
            assertThat(full).hasMessageStartingWith("OOM");
        }
    }

    @Test
    void blocksMoveTogetherInTheArenaOfTheKey() {
        owner = null;
        set = new SortedSet(newRoot());
        Bytes longMember = Bytes.of("long".repeat(40_000));
        pack(home, longMember);
    }

    @Test
    void blocksMoveTogetherInAnArenaOfTheSet() {
        fill(SortedSet.OWN_ARENA_MEMBERS + 1);
        pack(root.arena(), Bytes.of("long".repeat(40_000)));
    }

    private void pack(Arena arena, Bytes longMember) {
        fill(60_000);
        set.put(longMember, 30_000);
        Random random = new Random(Seed.SEED);
        for (int i = 0; i < 60_000; i++) {
            if (random.nextInt(10) != 0) {
                set.remove(Bytes.of("m" + i));
            }
        }
        long idle = arena.bytesReserved() - arena.bytesUsed();
        for (int walk = 0; walk < 8; walk++) {
            home.compact();
            for (long cursor = 0; (cursor = set.pack(cursor, 7)) != 0; ) {
                assertThat(cursor).isPositive();
            }
        }
        SortedTreeCheck.check(set, Seed.text());
        assertThat(set.score(longMember)).isEqualTo(30_000);
        assertThat(arena.bytesReserved() - arena.bytesUsed()).as(Seed.text()).isLessThan(idle / 4);
    }

    @Test
    void packingStopsWhereMemoryIsFull() {
        RefusingArena arena = new RefusingArena();
        set = new SortedSet(arena.newRoot());
        pack(arena);
        arena.allocationsLeft = 3;
        arena.compact();
        assertThat(set.pack(0, Integer.MAX_VALUE)).isZero();
        assertThat(arena.allocationsLeft).isZero();
        arena.allocationsLeft = Integer.MAX_VALUE;
        SortedTreeCheck.check(set, "after a refusal");
        arena.close();
    }

    private void pack(RefusingArena arena) {
        fill(20_000);
        set.removeRange(0, 17_000);
        set.removeRange(100, set.size() - 1);
        fill(300);
        assertThat(arena.compact()).isTrue();
    }

    @Test
    void aPackedSetMovesToo() {
        RefusingArena arena = new RefusingArena();
        int[] others = new int[20_000];
        for (int i = 0; i < others.length; i++) {
            others[i] = arena.allocate(56);
        }
        set = new SortedSet(arena.newRoot());
        set.put(Bytes.of("a"), 1);
        int[] more = new int[20_000];
        for (int i = 0; i < others.length; i++) {
            more[i] = arena.allocate(56);
        }
        for (int i = 0; i < others.length; i++) {
            arena.free(more[i]);
            if (i % 50 != 0) {
                arena.free(others[i]);
            }
        }
        arena.compact();
        arena.allocationsLeft = 1;
        assertThat(set.pack(0, 1)).isZero();
        assertThat(arena.allocationsLeft).isZero();
        assertThat(set.score(Bytes.of("a"))).isEqualTo(1);
        arena.close();
    }

    private void fill(int size) {
        for (int i = 0; i < size; i++) {
            set.put(Bytes.of("m" + i), i);
        }
    }
}
