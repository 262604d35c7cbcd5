package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListValueTest {
    private static final int[] LISTPACK_SIZES = {-2, -1, -3, -4, -5, -100, 0, 1, 2, 5, 100, 1_000_000};

    private final FullArena arena = new FullArena();
    private final ListValue list = newList(arena);

    @AfterEach
    void closeArena() {
        arena.detach();
    }

    @Test
    void newListIsEmpty() {
        assertThat(list.size()).isZero();
        assertThat(list.popLeft()).isNull();
        assertThat(list.popRight()).isNull();
        assertThat(list.at(0)).isNull();
        assertThat(list.cursor(0, false).next()).isFalse();
        assertThat(list.encoding()).isEqualTo("quicklist");
        assertThat(list.type()).isEqualTo(Value.Type.LIST);
    }

    @Test
    void endsAreKept() {
        list.pushLeft(text("b"));
        list.pushLeft(text("a"));
        list.pushRight(text("c"));
        assertThat(content(list)).containsExactly(text("a"), text("b"), text("c"));
        assertThat(list.popRight()).isEqualTo(text("c"));
        assertThat(list.popLeft()).isEqualTo(text("a"));
        assertThat(list.popLeft()).isEqualTo(text("b"));
        assertThat(list.popLeft()).isNull();
    }

    @Test
    void elementsAreBinaryAndOfAnyLength() {
        Random random = new Random(1);
        List<Bytes> elements = new ArrayList<>();
        int chunk = ListNode.CHUNK_BYTES;
        int[] lengths = {
            0,
            1,
            127,
            128,
            129,
            255,
            256,
            8000,
            ListLimits.DEFAULTS.elementBytesMax() - 1,
            ListLimits.DEFAULTS.elementBytesMax(),
            ListLimits.DEFAULTS.elementBytesMax() + 1,
            10_000,
            chunk - 1,
            chunk,
            chunk + 1,
            2 * chunk,
            1 << 20,
            0
        };
        for (int length : lengths) {
            elements.add(bytes(random, length));
        }
        elements.forEach(list::pushRight);
        assertThat(content(list)).isEqualTo(elements);
        assertThat(ranged(list, 0, list.size() - 1)).isEqualTo(elements);
        for (int i = 0; i < elements.size(); i++) {
            assertThat(list.at(i)).isEqualTo(elements.get(i));
        }
        for (Bytes element : elements) {
            assertThat(list.popLeft()).isEqualTo(element);
        }
        assertThat(list.size()).isZero();
    }

    @Test
    void queueOfOneNodeDoesNotGrow() {
        for (int i = 0; i < 20; i++) {
            list.pushLeft(Bytes.of(1_000_000 + i));
        }
        long before = 0;
        for (int i = 0; i < 100_000; i++) {
            list.pushLeft(Bytes.of(2_000_000 + i));
            list.popRight();
            if (i == 1000) {
                before = arena.bytesUsed();
            }
        }
        assertThat(arena.bytesUsed()).isEqualTo(before);
        assertThat(list.popRight()).isEqualTo(Bytes.of(2_099_980));
    }

    @Test
    void longListIsPackedTightly() {
        int elements = 100_000;
        for (int i = 0; i < elements; i++) {
            list.pushRight(Bytes.of(1_000_000_000L + i));
        }
        // 10 bytes and 2 for its lengths, and a few in a hundred for headers and the last node.
        assertThat(list.bytes()).isLessThan(elements * 125L / 10);
    }

    @Test
    void insertsBesideTheFirstMatch() {
        for (String element : List.of("a", "b", "c", "b")) {
            list.pushRight(text(element));
        }
        assertThat(list.insert(text("b"), false, text("x"))).isTrue();
        assertThat(list.insert(text("b"), true, text("y"))).isTrue();
        assertThat(list.insert(text("absent"), true, text("z"))).isFalse();
        assertThat(content(list)).containsExactly(text("a"), text("x"), text("b"), text("y"), text("c"), text("b"));
    }

    @Test
    void removesByValueFromEitherSide() {
        for (String element : List.of("a", "b", "a", "c", "a", "a")) {
            list.pushRight(text(element));
        }
        assertThat(list.remove(text("a"), -1)).isEqualTo(1);
        assertThat(list.remove(text("a"), 2)).isEqualTo(2);
        assertThat(content(list)).containsExactly(text("b"), text("c"), text("a"));
        assertThat(list.remove(text("a"), Long.MIN_VALUE)).isEqualTo(1);
        assertThat(list.remove(text("a"), 0)).isZero();
        assertThat(list.size()).isEqualTo(2);
    }

    @Test
    void trimKeepsTheMiddle() {
        for (int i = 0; i < 10_000; i++) {
            list.pushRight(Bytes.of(i));
        }
        list.trim(4_000, 4_002);
        assertThat(content(list)).containsExactly(Bytes.of(4_000), Bytes.of(4_001), Bytes.of(4_002));
        list.trim(1, 0);
        assertThat(list.size()).isZero();
        assertThat(arena.bytesUsed()).isEqualTo(arena.atStart);
    }

    @Test
    void sparseNodesAreJoined() {
        for (int i = 0; i < 100_000; i++) {
            list.pushRight(text(i % 10 == 0 ? "kept" + i : "dropped"));
        }
        assertThat(list.remove(text("dropped"), 0)).isEqualTo(90_000);
        assertThat(list.size()).isEqualTo(10_000);
        assertThat(list.bytes()).isLessThan(10_000 * 11 * 3 / 2);
    }

    @Test
    void fullArenaLeavesTheListAsItWas() {
        long seed = seed();
        Random random = new Random(seed);
        List<Bytes> model = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Bytes element = bytes(random, random.nextInt(200));
            list.pushRight(element);
            model.add(element);
        }
        int refused = 0;
        for (int step = 0; step < 3_000; step++) {
            Bytes element = bytes(random, random.nextInt(50) == 0 ? 200_000 : random.nextInt(9_000));
            long before = arena.bytesUsed();
            arena.allocationsLeft = random.nextInt(4);
            boolean done = attempt(random.nextInt(4), random, model, element);
            arena.allocationsLeft = Integer.MAX_VALUE;
            if (!done) {
                refused++;
                assertThat(arena.bytesUsed()).as("seed %d step %d", seed, step).isEqualTo(before);
            }
            if (model.size() > 400) {
                list.trim(100, model.size() - 101);
                model = new ArrayList<>(model.subList(100, model.size() - 100));
            }
            assertThat(list.size()).as("seed %d step %d", seed, step).isEqualTo(model.size());
            if (step % 20 == 0) {
                assertThat(content(list)).as("seed %d step %d", seed, step).isEqualTo(model);
            }
        }
        assertThat(content(list)).as("seed %d", seed).isEqualTo(model);
        assertThat(refused).as("seed %d", seed).isPositive();
    }

    private boolean attempt(int what, Random random, List<Bytes> model, Bytes element) {
        int index = random.nextInt(model.size());
        try {
            switch (what) {
                case 0 -> {
                    list.pushLeft(element);
                    model.addFirst(element);
                }
                case 1 -> {
                    list.pushRight(element);
                    model.addLast(element);
                }
                case 2 -> {
                    list.set(index, element);
                    model.set(index, element);
                }
                default -> {
                    Bytes pivot = model.get(index);
                    list.insert(pivot, false, element);
                    model.add(model.indexOf(pivot), element);
                }
            }
            return true;
        } catch (CommandError outOfMemory) {
            return false;
        }
    }

    @Test
    void nodesAreFilledUpToTheirLimit() {
        for (int size : LISTPACK_SIZES) {
            Root root = newRoot(arena);
            ListValue limited = new ListValue(root, ListLimits.of(size));
            List<Bytes> model = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                Bytes element = Bytes.of("f" + i);
                if (i % 5 == 0) {
                    limited.pushLeft(element);
                    model.addFirst(element);
                } else {
                    limited.pushRight(element);
                    model.addLast(element);
                }
            }
            assertThat(content(limited)).as("list-max-listpack-size %d", size).isEqualTo(model);
            if (size > 0) {
                long nodes = Math.ceilDiv(20_000, size);
                assertThat(limited.nodes())
                        .as("list-max-listpack-size %d", size)
                        .isGreaterThanOrEqualTo(nodes);
            }
            limited.free();
        }
    }

    @Test
    void pushRefusesWhatTheArenaCannotHold() {
        list.pushRight(text("a"));
        arena.allocationsLeft = 1;
        assertThatThrownBy(() -> list.pushRight(Bytes.of(new byte[1 << 20]))).isInstanceOf(CommandError.class);
        assertThat(content(list)).containsExactly(text("a"));
    }

    /** Small elements make long chains of entries, large ones many nodes; both against a deque. */
    @Test
    void endsAgreeWithADeque() {
        long seed = seed();
        Random random = new Random(seed);
        ArrayDeque<Bytes> model = new ArrayDeque<>();
        for (int step = 0; step < 100_000 * scale(); step++) {
            // Phases of growth, of shrinking, and of a queue in either direction.
            int phase = step / 5_000 % 4;
            boolean left = phase < 2 ? random.nextBoolean() : phase == 2;
            boolean add = phase < 2 ? random.nextInt(10) < (phase == 0 ? 7 : 3) : (step & 1) == 0;
            if (phase >= 2 && !add) {
                left = !left;
            }
            if (add) {
                Bytes element = bytes(random, length(random));
                if (left) {
                    list.pushLeft(element);
                    model.addFirst(element);
                } else {
                    list.pushRight(element);
                    model.addLast(element);
                }
            } else {
                assertThat(left ? list.popLeft() : list.popRight())
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(left ? model.pollFirst() : model.pollLast());
            }
            assertThat(list.size()).isEqualTo(model.size());
        }
        assertThat(content(list)).as("seed %d", seed).isEqualTo(new ArrayList<>(model));
        list.free();
        assertThat(arena.bytesUsed()).as("seed %d", seed).isEqualTo(arena.atStart);
    }

    /** With nodes of all sizes, which change on the way. */
    @Test
    void everyOperationAgreesWithAnArrayList() {
        for (int round = 0; round < 20 * scale(); round++) {
            long seed = seed() + round;
            new Walk(seed).run();
        }
    }

    /** Random operations of all kinds on one list and its model. */
    private final class Walk {
        private final long seed;
        private final Random random;
        private final Root root = newRoot(arena);
        private ListValue list = new ListValue(root, ListLimits.DEFAULTS);
        private final long before = arena.bytesUsed();
        private List<Bytes> model = new ArrayList<>();

        Walk(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            for (int step = 0; step < 1_500; step++) {
                if (random.nextInt(100) == 0) {
                    list = new ListValue(root, ListLimits.of(LISTPACK_SIZES[random.nextInt(LISTPACK_SIZES.length)]));
                }
                operate(random.nextInt(20));
                assertThat(list.size()).as("seed %d step %d", seed, step).isEqualTo(model.size());
                if (step % 10 == 0) {
                    assertThat(content(list)).as("seed %d step %d", seed, step).isEqualTo(model);
                }
                if (step % 50 == 0) {
                    compareReads(step);
                }
            }
            list.free();
            assertThat(arena.bytesUsed()).as("seed %d", seed).isEqualTo(before);
        }

        private void operate(int what) {
            Bytes element = random.nextInt(3) == 0 ? Bytes.of(random.nextInt(5)) : bytes(random, length(random));
            int size = model.size();
            switch (what) {
                case 0, 1, 2, 3 -> {
                    list.pushLeft(element);
                    model.addFirst(element);
                }
                case 4, 5, 6, 7 -> {
                    list.pushRight(element);
                    model.addLast(element);
                }
                case 8 -> assertThat(list.popLeft()).isEqualTo(size == 0 ? null : model.removeFirst());
                case 9 -> assertThat(list.popRight()).isEqualTo(size == 0 ? null : model.removeLast());
                case 10, 11, 12 -> {
                    if (size > 0) {
                        int index = random.nextInt(size);
                        list.set(index, element);
                        model.set(index, element);
                    }
                }
                case 13, 14, 15, 16, 17 -> insert(element);
                case 18 -> remove();
                default -> {
                    if (random.nextInt(10) == 0) {
                        int start = random.nextInt(size / 4 + 1);
                        int stop = size - 1 - random.nextInt(size / 4 + 1);
                        trim(start, stop);
                        model = start > stop ? new ArrayList<>() : new ArrayList<>(model.subList(start, stop + 1));
                    }
                }
            }
        }

        /** In either way; what is cut off can be freed bit by bit. */
        private void trim(int start, int stop) {
            if (start > stop || random.nextBoolean()) {
                list.trim(start, stop);
                return;
            }
            int block = newBlock(arena);
            ListValue rest = new ListValue(new Root(arena, block, 0), ListLimits.DEFAULTS);
            list.trim(start, stop, rest);
            int size = model.size();
            assertThat(rest.size()).as("seed %d", seed).isLessThanOrEqualTo(size - (stop - start + 1));
            List<Bytes> left = content(rest);
            List<Bytes> cut = new ArrayList<>(model.subList(0, start));
            cut.addAll(model.subList(stop + 1, size));
            if (!left.isEmpty()) {
                assertThat(cut).as("seed %d", seed).containsSubsequence(left);
            }
            int steps = 0;
            while (!rest.free(1 + random.nextInt(3))) {
                steps++;
            }
            assertThat(rest.size()).as("seed %d, after %d steps", seed, steps).isZero();
            arena.free(block);
        }

        private void insert(Bytes element) {
            Bytes pivot = model.isEmpty() ? text("none") : model.get(random.nextInt(model.size()));
            boolean after = random.nextBoolean();
            int index = model.indexOf(pivot);
            assertThat(list.insert(pivot, after, element)).isEqualTo(index >= 0);
            if (index >= 0) {
                model.add(after ? index + 1 : index, element);
            }
        }

        private void remove() {
            Bytes element = model.isEmpty() || random.nextBoolean()
                    ? Bytes.of(random.nextInt(5))
                    : model.get(random.nextInt(model.size()));
            int count = random.nextInt(5) - 2;
            List<Bytes> rest = new ArrayList<>(count < 0 ? model.reversed() : model);
            int limit = count == 0 ? Integer.MAX_VALUE : Math.abs(count);
            int removed = 0;
            while (removed < limit && rest.remove(element)) {
                removed++;
            }
            model = new ArrayList<>(count < 0 ? rest.reversed() : rest);
            assertThat(list.remove(element, count)).as("seed %d", seed).isEqualTo(removed);
        }

        private void compareReads(int step) {
            int size = model.size();
            if (size == 0) {
                return;
            }
            int a = random.nextInt(size);
            int b = random.nextInt(size);
            assertThat(list.at(a)).as("seed %d step %d", seed, step).isEqualTo(model.get(a));
            assertThat(ranged(list, Math.min(a, b), Math.max(a, b)))
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(model.subList(Math.min(a, b), Math.max(a, b) + 1));
            List<Bytes> backwards = new ArrayList<>();
            for (ListValue.Cursor cursor = list.cursor(a, true); cursor.next(); ) {
                assertThat(cursor.length()).isEqualTo(cursor.element().length());
                backwards.add(cursor.element());
            }
            assertThat(backwards)
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(model.subList(0, a + 1).reversed());
        }
    }

    /** An arena that can be told to be full. */
    private static final class FullArena extends CheckingArena {
        private int allocationsLeft = Integer.MAX_VALUE;
        private long atStart;

        @Override
        public int allocate(int bytes) {
            if (allocationsLeft == 0) {
                throw CommandError.outOfMemory();
            }
            allocationsLeft--;
            return super.allocate(bytes);
        }
    }

    private static ListValue newList(FullArena arena) {
        return new ListValue(newRoot(arena), ListLimits.DEFAULTS);
    }

    private static Root newRoot(FullArena arena) {
        return new Root(arena, newBlock(arena), 0);
    }

    private static int newBlock(FullArena arena) {
        int block = arena.allocate(Root.BYTES);
        arena.put(block, 0, new byte[Root.BYTES], 0, Root.BYTES);
        arena.atStart = arena.bytesUsed();
        return block;
    }

    private static List<Bytes> content(ListValue list) {
        List<Bytes> content = new ArrayList<>();
        for (ListValue.Cursor cursor = list.cursor(0, false); cursor.next(); ) {
            content.add(cursor.element());
        }
        return content;
    }

    private static List<Bytes> ranged(ListValue list, long start, long stop) {
        Packed reply = Packed.array(16);
        try {
            list.range(start, stop, reply);
            List<Bytes> elements = new ArrayList<>();
            for (Packed.Cursor cursor = reply.cursor(); cursor.next(); ) {
                elements.add(cursor.string());
            }
            return elements;
        } finally {
            reply.release();
        }
    }

    private static int length(Random random) {
        return switch (random.nextInt(200)) {
            case 0 -> random.nextInt(200_000);
            case 1 -> random.nextInt(70_000);
            case 2, 3, 4, 5, 6, 7, 8 -> random.nextInt(10_000);
            case 9, 10, 11, 12, 13, 14, 15, 16, 17, 18 -> random.nextInt(500);
            default -> random.nextInt(40);
        };
    }

    /** Random bytes as a view inside a longer array. */
    private static Bytes bytes(Random random, int length) {
        byte[] array = new byte[length + 7];
        random.nextBytes(array);
        return Bytes.view(array, 3, length);
    }

    private static Bytes text(String text) {
        return Bytes.of(text);
    }

    private static long seed() {
        String given = System.getProperty("sluice.seed", "");
        return given.isEmpty() ? Arrays.hashCode(new long[] {System.nanoTime()}) : Long.parseLong(given);
    }

    private static int scale() {
        return Integer.parseInt(System.getProperty("sluice.scale", "1"));
    }
}
