package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.CommandError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArenaTest {
    private static final long SEED = Seed.SEED;
    private static final int SCALE = Seed.SCALE;

    private record Block(int handle, byte[] content) {}

    @Test
    void keepsWhatIsWrittenWhateverComesAndGoes() {
        Random random = new Random(SEED);
        ExtentPool pool = ExtentPool.standalone(Long.MAX_VALUE);
        CheckingArena arena = new CheckingArena(pool);
        List<Block> model = new ArrayList<>();
        long used = 0;
        for (int step = 0; step < 60_000 * SCALE; step++) {
            boolean growing = step / 10_000 % 2 == 0;
            if (model.isEmpty() || random.nextInt(10) < (growing ? 6 : 4)) {
                byte[] content = new byte[size(random)];
                random.nextBytes(content);
                int handle = arena.allocate(content.length);
                arena.put(handle, 0, content, 0, content.length);
                used += arena.capacity(handle);
                model.add(new Block(handle, content));
            } else {
                Block block = takeAny(model, random);
                used -= arena.capacity(block.handle);
                assertContent(arena, block, step);
                arena.free(block.handle);
            }
            assertThat(arena.bytesUsed()).as("seed %d step %d", SEED, step).isEqualTo(used);
        }
        assertThat(arena.bytesReserved()).isEqualTo(pool.bytesReserved()).isGreaterThanOrEqualTo(used);
        for (Block block : model) {
            assertContent(arena, block, -1);
            arena.free(block.handle);
        }
        assertThat(arena.bytesUsed()).isZero();
        arena.close();
        assertThat(pool.bytesReserved()).isZero();
    }

    private static void assertContent(Arena arena, Block block, int step) {
        byte[] actual = new byte[block.content.length];
        arena.get(block.handle, 0, actual, 0, actual.length);
        assertThat(Arrays.equals(actual, block.content))
                .as("seed %d step %d: content of %d bytes", SEED, step, actual.length)
                .isTrue();
    }

    private static int size(Random random) {
        int kind = random.nextInt(1000);
        if (kind < 700) {
            return random.nextInt(200);
        }
        if (kind < 950) {
            return random.nextInt(5_000);
        }
        if (kind < 995) {
            return random.nextInt(100_000);
        }
        return random.nextInt(1_500_000);
    }

    private static Block takeAny(List<Block> model, Random random) {
        int index = random.nextInt(model.size());
        Block block = model.get(index);
        Block last = model.removeLast();
        if (index < model.size()) {
            model.set(index, last);
        }
        return block;
    }

    @Test
    void refusesAboveTheLimitAndThenIsAsBefore() {
        ExtentPool pool = ExtentPool.standalone(2 << 20);
        Arena arena = new Arena(pool);
        List<Integer> handles = new ArrayList<>();
        assertThatThrownBy(() -> {
                    while (true) {
                        handles.add(arena.allocate(1000));
                    }
                })
                .isInstanceOf(CommandError.class)
                .hasMessageStartingWith("OOM ");
        long used = arena.bytesUsed();
        assertThat(used).isEqualTo(handles.size() * 1000L).isGreaterThan(2_000_000);
        assertThatThrownBy(() -> arena.allocate(3_000_000)).isInstanceOf(CommandError.class);
        assertThat(arena.bytesUsed()).isEqualTo(used);
        assertThat(pool.bytesReserved()).isEqualTo(2 << 20);

        arena.free(handles.removeLast());
        handles.add(arena.allocate(1000));
        assertThat(handles).doesNotHaveDuplicates();
        assertThat(arena.bytesUsed()).isEqualTo(used);
    }

    @Test
    void whatWasEnsuredIsNotRefused() {
        ExtentPool pool = ExtentPool.standalone(3 << 20);
        Arena arena = new Arena(pool);
        assertThatThrownBy(() -> arena.ensure(4 << 20)).isInstanceOf(CommandError.class);
        arena.ensure(3 << 20);
        for (int bytes = 0; bytes < 3 << 20; bytes += 700_000) {
            arena.allocate(700_000);
        }
        assertThatThrownBy(() -> arena.ensure(1 << 20)).isInstanceOf(CommandError.class);
    }

    @Test
    void aHugeBlockIsABlock() {
        try (CheckingArena arena = new CheckingArena()) {
            int bytes = 20_000_001;
            int handle = arena.allocate(bytes);
            assertThat(arena.capacity(handle)).isBetween(bytes, bytes + 4096);
            assertThat(arena.bytesUsed()).isEqualTo(arena.capacity(handle)).isEqualTo(arena.bytesReserved());
            arena.putLong(handle, bytes - 8, 42);
            assertThat(arena.getLong(handle, bytes - 8)).isEqualTo(42);
            arena.free(handle);
            assertThat(arena.bytesReserved()).isZero();
        }
    }

    @Test
    void memoryOfOneSizeServesAnother() {
        ExtentPool pool = ExtentPool.standalone(5 << 20);
        try (Arena arena = new Arena(pool)) {
            for (int bytes = 8; bytes < 700_000; bytes = bytes * 3 / 2) {
                List<Integer> handles = new ArrayList<>();
                while (arena.bytesUsed() < 3_000_000) {
                    handles.add(arena.allocate(bytes));
                }
                handles.forEach(arena::free);
                assertThat(arena.bytesUsed()).isZero();
                assertThat(arena.bytesReserved()).isLessThanOrEqualTo(1 << 20);
            }
        }
    }

    @Test
    void movingWhatShouldMovePacksTheData() {
        Random random = new Random(SEED);
        try (CheckingArena arena = new CheckingArena()) {
            List<Integer> handles = new ArrayList<>();
            for (int i = 0; i < 40_000; i++) {
                handles.add(arena.allocate(50 + i % 60));
            }
            for (int i = 0; i < 36_000; i++) {
                int index = random.nextInt(handles.size());
                arena.free(handles.get(index));
                handles.set(index, handles.getLast());
                handles.removeLast();
            }
            double before = arena.fragmentation();
            int moved;
            int passes = 0;
            do {
                moved = 0;
                arena.compact();
                for (int i = 0; i < handles.size(); i++) {
                    if (arena.shouldMove(handles.get(i))) {
                        int target = arena.allocate(arena.capacity(handles.get(i)));
                        arena.free(handles.get(i));
                        handles.set(i, target);
                        moved++;
                    }
                }
                passes++;
                assertThat(passes).as("seed %d: passes", SEED).isLessThan(50);
            } while (moved > 0);
            assertThat(before).isGreaterThan(0.7);
            assertThat(arena.fragmentation())
                    .as("seed %d: fragmentation after", SEED)
                    .isLessThan(0.3);
            handles.forEach(arena::free);
        }
    }

    @Test
    void comparesAsUnsignedBytes() {
        try (CheckingArena arena = new CheckingArena()) {
            Random random = new Random(SEED);
            int a = arena.allocate(64);
            int b = arena.allocate(64);
            for (int i = 0; i < 20_000; i++) {
                byte[] left = word(random);
                byte[] right = word(random);
                arena.put(a, 3, left, 0, left.length);
                arena.put(b, 5, right, 0, right.length);
                int expected = Integer.signum(Arrays.compareUnsigned(left, right));
                byte[] shifted = new byte[right.length + 2];
                System.arraycopy(right, 0, shifted, 2, right.length);
                assertThat(Integer.signum(arena.compare(a, 3, left.length, shifted, 2, right.length)))
                        .as("seed %d", SEED)
                        .isEqualTo(expected);
                assertThat(Integer.signum(arena.compare(a, 3, left.length, b, 5, right.length)))
                        .as("seed %d", SEED)
                        .isEqualTo(expected);
                if (left.length == right.length) {
                    assertThat(arena.equal(a, 3, shifted, 2, right.length)).isEqualTo(expected == 0);
                }
            }
            arena.free(a);
            arena.free(b);
        }
    }

    private static byte[] word(Random random) {
        byte[] word = new byte[random.nextInt(3) == 0 ? random.nextInt(40) : 21];
        if (random.nextBoolean() && word.length > 0) {
            word[random.nextInt(word.length)] = (byte) random.nextInt(-2, 2);
        }
        return word;
    }

    @Test
    void numbersComeBackAsTheyWent() {
        try (CheckingArena arena = new CheckingArena()) {
            int block = arena.allocate(40);
            arena.putByte(block, 0, -1);
            arena.putShort(block, 1, 0xfedc);
            arena.putInt(block, 3, 0x87654321);
            arena.putLong(block, 7, 0x8123456789abcdefL);
            arena.putLongBigEndian(block, 15, 0x8123456789abcdefL);
            assertThat(arena.getByte(block, 0)).isEqualTo((byte) -1);
            assertThat(arena.getShort(block, 1)).isEqualTo(0xfedc);
            assertThat(arena.getInt(block, 3)).isEqualTo(0x87654321);
            assertThat(arena.getLong(block, 7)).isEqualTo(0x8123456789abcdefL);
            assertThat(arena.getLongBigEndian(block, 15)).isEqualTo(0x8123456789abcdefL);
            assertThat(arena.getByte(block, 15)).isEqualTo((byte) 0x81);
            arena.fill(block, 16, 3, 7);
            assertThat(arena.getInt(block, 15)).isEqualTo(0x07070781);
            arena.copy(block, 15, block, 17, 4);
            assertThat(arena.getInt(block, 17)).isEqualTo(0x07070781);
            arena.free(block);
        }
    }
}
