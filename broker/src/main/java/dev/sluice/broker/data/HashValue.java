package dev.sluice.broker.data;

import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import org.jspecify.annotations.Nullable;

/**
 * A hash: fields with values. A view, made at look-up. A small hash shows its fields in the order in which they were
 * added, a large one in no order. An operation that throws has changed nothing.
 */
public final class HashValue extends Members {
    private final Fields fields;
    private final Expiries expiries;

    public HashValue(Root root, ListpackSettings settings) {
        this.fields = new Fields(root, settings, true);
        this.expiries = new Expiries(root, settings);
    }

    @Override
    public long size() {
        return fields.size();
    }

    @Override
    public boolean has(Bytes field) {
        return fields.has(field);
    }

    Fields fields() {
        return fields;
    }

    /** Null when there is no such field. */
    public @Nullable Bytes get(Bytes field) {
        return fields.value(field);
    }

    /** Bytes of a field's value; -1 when there is no such field. */
    public int valueLength(Bytes field) {
        return fields.valueLength(field);
    }

    /** Adds a field or changes its value, and takes its time of expiry away. Returns whether it was added. */
    public boolean put(Bytes field, Bytes value) {
        boolean added = fields.put(field, value);
        if (!added) {
            expiries.remove(field);
        }
        return added;
    }

    /** As {@link #put}, but leaves the time of expiry. */
    public boolean putKeepTtl(Bytes field, Bytes value) {
        return fields.put(field, value);
    }

    @Override
    public boolean remove(Bytes field) {
        expiries.remove(field);
        return fields.remove(field);
    }

    /** Shows every field with its value, until the visitor has seen enough. */
    public void forEach(FieldVisitor visitor) {
        fields.forEach(visitor);
    }

    /** As {@link SortedSet#scan}. */
    public long scan(long cursor, long count, FieldVisitor visitor) {
        return fields.scan(cursor, count, visitor);
    }

    /** Shows any field, each with nearly the same chance; there must be one. */
    public void random(Randomness randomness, FieldVisitor visitor) {
        fields.random(randomness, visitor);
    }

    /** As {@link Fields#sample}. */
    public void sample(Randomness randomness, long count, FieldVisitor visitor) {
        fields.sample(randomness, count, visitor);
    }

    /** Puts all fields into another hash, which is empty and takes the same form. */
    public void copyTo(HashValue other) {
        fields.copyTo(other.fields);
        expiries.copyTo(other.expiries, other::has);
    }

    /** Bytes of all blocks. It visits each, unless the hash has an arena of its own. */
    public long bytes() {
        return fields.bytes() + expiries.bytes();
    }

    /** As {@link SortedSet#pack}. */
    public long pack(long cursor, int steps) {
        try {
            return fields.pack(cursor, steps);
        } catch (CommandError full) {
            return 0; // all can stay where it is
        }
    }

    /** Gives all memory back; the hash is then empty and new. */
    public void free() {
        fields.free();
        expiries.free();
    }

    @Override
    Expiries expiries() {
        return expiries;
    }

    @Override
    public Type type() {
        return Type.HASH;
    }

    @Override
    public String encoding() {
        return !fields.isPacked() ? "hashtable" : expiries.isEmpty() ? "listpack" : "listpackex";
    }
}
