package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RootTest {
    private final ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    private final CheckingArena home = new CheckingArena(pool);
    private final SubArenas.Owner owner = CheckingArena.subArenas(pool).owner();

    private int block() {
        int block = home.allocate(8 + Root.BYTES);
        home.fill(block, 0, 8 + Root.BYTES, 0);
        return block;
    }

    @Test
    void keepsWhatTheCollectionSays() {
        Root root = new Root(home, block(), 8);
        root.putInt(0, 42);
        root.putInt(Root.STATE_BYTES - 4, -1);
        assertThat(root.getInt(0)).isEqualTo(42);
        assertThat(root.getInt(Root.STATE_BYTES - 4)).isEqualTo(-1);
        assertThat(root.subArena()).isZero();
        assertThat(root.mayOwnArena()).isFalse();
        assertThatThrownBy(root::ownArena).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLargeCollectionHasAnArenaThatMovesWithTheRoot() {
        int block = block();
        Root root = new Root(home, block, 8, owner);
        assertThat(root.arena()).isSameAs(home);
        assertThat(root.mayOwnArena()).isTrue();
        Arena own = root.ownArena();
        root.putInt(0, own.allocate(100));
        assertThat(root.mayOwnArena()).isFalse();

        int target = block();
        home.copy(block, 8, target, 0, Root.BYTES);
        home.free(block);
        Root renamed = new Root(home, target, 0, owner);
        assertThat(renamed.arena()).isSameAs(own);
        assertThat(renamed.home()).isSameAs(home);
        assertThat(renamed.arena().capacity(renamed.getInt(0))).isEqualTo(104);

        renamed.dropArena();
        assertThat(renamed.subArena()).isZero();
        assertThat(renamed.arena()).isSameAs(home);
        assertThatThrownBy(renamed::dropArena).isInstanceOf(IllegalStateException.class);
        while (pool.sweep(1)) {
            assertThat(pool.bytesReserved()).isPositive();
        }
        assertThat(pool.bytesReserved()).isEqualTo(home.bytesReserved());
    }
}
