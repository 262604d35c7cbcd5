package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;

/** A string value: bytes in the block of its key. A view, made at look-up. */
public final class StringValue implements Value {
    private final Arena arena;
    private final int block;
    private final int offset;
    private final int length;
    private final boolean raw;

    public StringValue(Arena arena, int block, int offset, int length, boolean raw) {
        this.arena = arena;
        this.block = block;
        this.offset = offset;
        this.length = length;
        this.raw = raw;
    }

    public int length() {
        return length;
    }

    /** A copy of the value. */
    public Bytes bytes() {
        byte[] copy = new byte[length];
        arena.get(block, offset, copy, 0, length);
        return Bytes.of(copy);
    }

    @Override
    public Type type() {
        return Type.STRING;
    }

    @Override
    public String encoding() {
        return raw || length > 44 ? "raw" : "embstr";
    }
}
