package dev.sluice.broker.data;

/** How the block of a structure moves together with others; see {@link Arena#shouldMove}. */
final class Packing {
    private Packing() {}

    /** Copies a block to a new one and frees it. The caller corrects what leads to it. Returns the new handle. */
    static int move(Arena arena, int block) {
        int bytes = arena.capacity(block);
        int moved = arena.allocate(bytes);
        arena.copy(block, 0, moved, 0, bytes);
        arena.free(block);
        return moved;
    }
}
