package dev.sluice.broker.data;

/**
 * Where a collection keeps its root: {@link #BYTES} bytes inside the block of its key. All that a collection is lies
 * in arenas; the value that commands see is a view made at look-up and dropped after the call.
 */
public final class Root {
    /** What a collection may use; zeros when the key is new. */
    public static final int BYTES = 16;

    private final Arena arena;
    private final int block;
    private final int offset;

    public Root(Arena arena, int block, int offset) {
        this.arena = arena;
        this.block = block;
        this.offset = offset;
    }

    /** The arena that holds the key, and a collection while it is small. */
    public Arena arena() {
        return arena;
    }

    public int getInt(int at) {
        return arena.getInt(block, offset + at);
    }

    public void putInt(int at, int value) {
        arena.putInt(block, offset + at, value);
    }
}
