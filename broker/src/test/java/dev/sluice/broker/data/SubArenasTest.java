package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SubArenasTest {
    private final ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    private final SubArenas subArenas = CheckingArena.subArenas(pool);
    private final SubArenas.Owner owner = subArenas.owner();

    private int filled(SubArenas.Owner owner, int value) {
        int id = owner.create();
        Arena arena = owner.arena(id);
        arena.putInt(arena.allocate(8), 0, value);
        return id;
    }

    private void sweep() {
        while (pool.sweep(3)) {
            assertThat(pool.bytesReserved()).isPositive();
        }
    }

    @Test
    void aSmallOneTakesLittle() {
        SubArenas real = new SubArenas(pool);
        SubArenas.Owner own = real.owner();
        int id = own.create();
        assertThat(id).isNotZero();
        assertThat(own.arena(id).bytesReserved()).isZero();
        own.arena(id).allocate(100);
        assertThat(own.arena(id).bytesReserved()).isEqualTo(64 << 10);
        while (own.arena(id).bytesUsed() < 30 << 20) {
            own.arena(id).allocate(5000);
        }
        assertThat(own.arena(id).fragmentation()).isLessThan(0.15);
    }

    @Test
    void detachingOneLeavesTheOthers() {
        int a = filled(owner, 1);
        int b = filled(owner, 2);
        int c = filled(owner, 3);
        long each = owner.arena(a).bytesReserved();
        Arena gone = owner.arena(b);
        owner.detach(b);
        assertThatThrownBy(() -> gone.getInt(1, 0)).isInstanceOf(Throwable.class);
        sweep();
        assertThatThrownBy(() -> subArenas.arena(b)).isInstanceOf(NullPointerException.class);
        assertThat(pool.bytesReserved()).isEqualTo(2 * each);
        assertThat(filled(owner, 4)).as("the id is used again").isEqualTo(b);
        assertThat(List.of(a, b, c)).doesNotHaveDuplicates();
    }

    @Test
    void anIdStaysWithItsCollection() {
        SubArenas.Owner other = subArenas.owner();
        int moved = filled(owner, 1);
        int stays = filled(owner, 2);
        other.adopt(moved, owner);
        owner.detachAll();
        sweep();
        assertThat(other.arena(moved).bytesUsed()).isEqualTo(8);
        assertThatThrownBy(() -> subArenas.arena(stays)).isInstanceOf(NullPointerException.class);
        other.detachAll();
        sweep();
        assertThat(pool.bytesReserved()).isZero();
    }

    @Test
    void ownersAgreeWithAModel() {
        Random random = new Random(Seed.SEED);
        List<SubArenas.Owner> owners = List.of(subArenas.owner(), subArenas.owner(), subArenas.owner());
        Map<Integer, SubArenas.Owner> model = new HashMap<>();
        for (int step = 0; step < 5_000; step++) {
            SubArenas.Owner any = owners.get(random.nextInt(3));
            List<Integer> ids = new ArrayList<>(model.keySet());
            Integer id = ids.isEmpty() ? null : ids.get(random.nextInt(ids.size()));
            int action = random.nextInt(100);
            if (action < 50 || id == null) {
                assertThat(model.put(filled(any, step), any))
                        .as("%s step %d", Seed.text(), step)
                        .isNull();
            } else if (action < 70) {
                any.adopt(id, model.get(id));
                model.put(id, any);
            } else if (action < 97) {
                model.remove(id).detach(id);
            } else {
                any.detachAll();
                model.values().removeIf(any::equals);
            }
            pool.sweep(random.nextInt(4));
        }
        sweep();
        assertThat(pool.bytesReserved()).as(Seed.text()).isEqualTo(model.size() * 64L << 10);
        model.forEach((id, own) -> assertThat(own.arena(id).bytesUsed()).isEqualTo(8));
    }
}
