package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Seeds;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrozenTest {
    private static final ListpackSettings SETTINGS = ListpackSettings.DEFAULTS;

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
    private final CheckingArena home = new CheckingArena(pool);
    private final SubArenas.Owner owner = CheckingArena.subArenas(pool).owner();
    private final int block = home.allocate(Root.BYTES);
    private final Root root = new Root(home, block, 0, owner);

    FrozenTest() {
        home.fill(block, 0, Root.BYTES, 0);
    }

    @AfterEach
    void nothingLeaks() {
        owner.detachAll();
        home.detach();
        pool.purge();
        assertThat(pool.bytesUsed()).as("seed %d", seed).isZero();
        assertThat(pool.bytesReserved()).as("seed %d", seed).isZero();
        pool.close();
    }

    private HashValue hash() {
        return new HashValue(root, SETTINGS);
    }

    private Frozen freeze() {
        return Frozen.of(root, SETTINGS, copy -> new HashValue(copy, SETTINGS));
    }

    private static Bytes bytes(long number) {
        return Bytes.of(Long.toString(number));
    }

    private void fill(int fields) {
        for (int i = 0; i < fields; i++) {
            hash().put(bytes(i), bytes(random.nextLong()));
        }
        assertThat(root.subArena()).isNotZero();
    }

    private static Map<Bytes, Bytes> content(Value value) {
        Map<Bytes, Bytes> content = new HashMap<>();
        ((HashValue) value).forEach((array, field, fieldLength, at, length) -> {
            content.put(
                    Bytes.view(array, field, fieldLength).detached(),
                    Bytes.view(array, at, length).detached());
            return true;
        });
        return content;
    }

    private void change(int times, int fields) {
        for (int i = 0; i < times; i++) {
            Bytes field = bytes(random.nextInt(fields));
            switch (random.nextInt(5)) {
                case 0, 1 -> hash().remove(field);
                case 2 -> hash().put(field, Bytes.of("x".repeat(random.nextInt(500))));
                case 3 -> hash().put(field, bytes(random.nextLong()));
                default -> hash().put(bytes(fields + random.nextInt(fields)), field);
            }
        }
    }

    @Test
    void showsWhatThereWas() {
        for (int round = 0; round < 10 * Seeds.scale(); round++) {
            int fields = 2000 + random.nextInt(20_000);
            fill(fields);
            Map<Bytes, Bytes> before = content(hash());
            long bytes = new FieldTable(root, SETTINGS.hash(), true).bytes();
            Frozen frozen = freeze();
            change(random.nextInt(fields), fields);
            assertThat(content(frozen.value())).as("seed %d", seed).isEqualTo(before);
            assertThat(((HashValue) frozen.value()).bytes()).as("seed %d", seed).isEqualTo(bytes);
            frozen.release();
            change(random.nextInt(100), fields);
        }
    }

    @Test
    void severalSeeWhatThereWasAtTheirTimes() {
        List<Frozen> views = new ArrayList<>();
        List<Map<Bytes, Bytes>> contents = new ArrayList<>();
        fill(5000);
        for (int i = 0; i < 50 * Seeds.scale(); i++) {
            if (views.size() < 5 && random.nextBoolean()) {
                contents.add(content(hash()));
                views.add(freeze());
            } else if (!views.isEmpty()) {
                int one = random.nextInt(views.size());
                assertThat(content(views.get(one).value())).as("seed %d", seed).isEqualTo(contents.remove(one));
                views.remove(one).release();
            }
            change(random.nextInt(200), 5000);
        }
        for (int i = 0; i < views.size(); i++) {
            assertThat(content(views.get(i).value())).as("seed %d", seed).isEqualTo(contents.get(i));
            views.get(i).release();
        }
    }

    @Test
    void outlivesTheCollection() {
        fill(10_000);
        Map<Bytes, Bytes> before = content(hash());
        Frozen frozen = freeze();
        change(10, 10_000);
        long bytes = root.arena().bytesReserved();
        hash().free();
        pool.purge();
        assertThat(pool.bytesFrozen()).isGreaterThan(bytes);
        fill(3000);
        assertThat(content(frozen.value())).isEqualTo(before);
        frozen.release();
        pool.purge();
        assertThat(pool.bytesFrozen()).isZero();
    }

    @Test
    void costsNothingUntilSomethingIsWritten() {
        fill(20_000);
        pool.purge();
        long reserved = pool.bytesReserved();
        Frozen frozen = freeze();
        assertThat(frozen.bytes()).isEqualTo(root.arena().bytesUsed());
        assertThat(pool.bytesReserved()).as("an extent for its root").isEqualTo(reserved + (64 << 10));
        assertThat(pool.bytesFrozen()).isEqualTo(64 << 10);
        hash().put(bytes(1), bytes(1));
        assertThat(pool.bytesReserved()).isGreaterThan(reserved + (64 << 10));
        assertThat(pool.bytesFrozen()).isEqualTo(pool.bytesReserved() - reserved);
        frozen.release();
        pool.purge();
        assertThat(pool.bytesFrozen()).isZero();
        assertThat(pool.bytesReserved()).isEqualTo(reserved);
    }

    @Test
    void whatIsFrozenIsNotMoved() {
        fill(20_000);
        for (int i = 0; i < 20_000; i++) {
            if (i % 4 != 0) {
                hash().remove(bytes(i));
            }
        }
        Frozen frozen = freeze();
        assertThat(root.arena().compact()).isFalse();
        frozen.release();
        assertThat(root.arena().compact()).isTrue();
    }

    @Test
    void timesOfExpiryAreFrozenToo() {
        for (int expiring : new int[] {10, 500, 5000}) {
            fill(10_000);
            for (int i = 0; i < expiring; i++) {
                hash().expireMemberAt(bytes(i), 1000 + i);
            }
            Frozen frozen = freeze();
            for (int i = 0; i < 10_000; i++) {
                hash().expireMemberAt(bytes(i), 5);
            }
            HashValue value = (HashValue) frozen.value();
            assertThat(value.earliestExpiry()).isEqualTo(1000);
            for (int i = 0; i < 10_000; i++) {
                assertThat(value.memberExpireAt(bytes(i))).isEqualTo(i < expiring ? 1000 + i : -1);
            }
            frozen.release();
            hash().free();
        }
    }

    @Test
    void anotherThreadReadsWhileThisOneWrites() {
        fill(20_000);
        Map<Bytes, Bytes> before = content(hash());
        Frozen frozen = freeze();
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Boolean> same = CompletableFuture.supplyAsync(() -> {
            boolean all = true;
            for (int i = 0; i < 20; i++) {
                all &= content(frozen.value()).equals(before);
            }
            done.set(true);
            return all;
        });
        while (!done.get()) {
            change(100, 20_000);
        }
        assertThat(same.join()).as("seed %d", seed).isTrue();
        frozen.release();
    }

    @Test
    void sortedSetsAndSetsAreFrozenAlike() {
        SortedSet sorted = new SortedSet(root, SETTINGS);
        for (int i = 0; i < 5000; i++) {
            sorted.put(bytes(i), i);
        }
        Frozen frozen = Frozen.of(root, SETTINGS, copy -> new SortedSet(copy, SETTINGS));
        for (int i = 0; i < 5000; i += 2) {
            sorted.remove(bytes(i));
            sorted.put(bytes(i + 1), -i);
        }
        SortedSet value = (SortedSet) frozen.value();
        assertThat(value.size()).isEqualTo(5000);
        long[] rank = {0};
        value.range(0, 4999, false, (array, offset, length, score) -> {
            assertThat(Bytes.view(array, offset, length)).isEqualTo(bytes(rank[0]));
            return score == rank[0]++;
        });
        assertThat(rank[0]).isEqualTo(5000);
        frozen.release();
        sorted.free();
        SetValue set = new SetValue(root, SETTINGS, 512);
        for (int i = 0; i < 5000; i++) {
            set.add(bytes(i));
        }
        frozen = Frozen.of(root, SETTINGS, copy -> new SetValue(copy, SETTINGS, 512));
        for (int i = 0; i < 4000; i++) {
            set.remove(bytes(i));
        }
        SetValue members = (SetValue) frozen.value();
        int[] count = {0};
        members.forEach((array, member, length, at, none) -> {
            count[0]++;
            return true;
        });
        assertThat(count[0]).isEqualTo(5000);
        assertThat(members.has(bytes(0))).isTrue();
        frozen.release();
    }
}
