package dev.sluice.broker.data;

import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import org.jspecify.annotations.Nullable;

/**
 * What hashes and sets have in common: {@link PackedFields} while there are few and they are short, from then on a {@link
 * FieldTable} until it is empty. An operation that throws has changed nothing.
 */
final class Fields {
    static final int FORM_AT = 12;

    private static final int TABLE = 1;

    /**
     * From this size on they have an arena of their own if they may, so that they are freed at once: about 64 KiB. Looked
     * at whenever the size has doubled, three times: values of more than {@link #MOVED_BYTES_MAX} stay where they are.
     */
    static final int OWN_ARENA_FIELDS = 1024;

    private static final int OWN_ARENA_FIELDS_LATEST = 4 * OWN_ARENA_FIELDS;
    private static final long MOVED_BYTES_MAX = 2 << 20;

    /** A sample is drawn if it is at most this part of all, and no larger than this; else all are looked through. */
    static final int DRAWN_PART = 3;

    static final int DRAWN_MAX = 1 << 20;

    private final Root root;
    private final ListpackSettings settings;
    private final boolean valued;
    private final PackedFields packed;
    private @Nullable FieldTable table;

    Fields(Root root, ListpackSettings settings, boolean valued) {
        this.root = root;
        this.settings = settings;
        this.valued = valued;
        this.packed = new PackedFields(root, valued);
    }

    long size() {
        return root.getInt(0) & 0xffff_ffffL;
    }

    boolean isPacked() {
        return (root.getInt(FORM_AT) & 0xff) != TABLE;
    }

    private FieldTable table() {
        FieldTable known = table;
        if (known == null) {
            known = new FieldTable(root, settings.hash(), valued);
            table = known;
        }
        return known;
    }

    boolean has(Bytes field) {
        return isPacked() ? packed.find(field) >= 0 : table().find(field, table().hash(field)) != 0;
    }

    /** Null when there is no such field. */
    @Nullable
    Bytes value(Bytes field) {
        if (isPacked()) {
            int at = packed.find(field);
            return at < 0 ? null : packed.value(at);
        }
        int block = table().find(field, table().hash(field));
        return block == 0 ? null : table().value(block);
    }

    /** Bytes of a field's value; -1 when there is no such field. */
    int valueLength(Bytes field) {
        if (isPacked()) {
            int at = packed.find(field);
            return at < 0 ? -1 : packed.valueLength(at);
        }
        int block = table().find(field, table().hash(field));
        return block == 0 ? -1 : table().valueLength(block);
    }

    /** Adds a field or changes its value. Returns whether it was added. */
    boolean put(Bytes field, Bytes value) {
        if (isPacked()) {
            int at = packed.find(field);
            if (at >= 0 && !valued) {
                return false;
            }
            if (at >= 0 && staysPacked(field, value, at)) {
                packed.replace(at, value);
                return false;
            }
            if (at < 0 && staysPacked(field, value)) {
                packed.add(field, value);
                return true;
            }
            rebuild(false);
        }
        return putIntoTable(field, value);
    }

    private boolean isShort(Bytes text) {
        return text.length() <= settings.listpackValueBytesMax();
    }

    private boolean staysPacked(Bytes field, Bytes value) {
        return size() < settings.listpackEntriesMax()
                && isShort(field)
                && isShort(value)
                && packed.fits(field.length(), value.length());
    }

    /** The same for another value: the settings may have changed since the field was added. */
    private boolean staysPacked(Bytes field, Bytes value, int at) {
        return size() <= settings.listpackEntriesMax()
                && isShort(field)
                && isShort(value)
                && packed.fitsValue(at, value.length());
    }

    private boolean putIntoTable(Bytes field, Bytes value) {
        int hash = table().hash(field);
        int block = table().find(field, hash);
        if (block != 0) {
            if (valued) {
                table().replace(block, field, value, hash);
            }
            return false;
        }
        if (mayMoveToOwnArena(size())) {
            rebuild(true);
        }
        table().add(field, value, hash);
        return true;
    }

    private boolean mayMoveToOwnArena(long size) {
        return size >= OWN_ARENA_FIELDS
                && size <= OWN_ARENA_FIELDS_LATEST
                && Long.bitCount(size) == 1
                && root.mayOwnArena()
                && table().bytes() <= MOVED_BYTES_MAX;
    }

    /** Builds a table from what is there. */
    private void rebuild(boolean ownArena) {
        table = null;
        root.rebuild(ownArena, from -> {
            Fields old = new Fields(from, settings, valued);
            fillTable(old::forEach);
            old.free();
        });
    }

    /** Shows all fields of a collection. */
    interface Source {
        void forEach(FieldVisitor visitor);
    }

    /** Makes a table of what a source shows; the root must be empty. */
    void fillTable(Source source) {
        FieldTable fresh = new FieldTable(root, settings.hash(), valued);
        fresh.create();
        root.putInt(FORM_AT, root.getInt(FORM_AT) | TABLE);
        try {
            source.forEach((array, field, fieldLength, value, valueLength) -> {
                Bytes name = Bytes.view(array, field, fieldLength);
                fresh.add(name, Bytes.view(array, value, valueLength), fresh.hash(name));
                return true;
            });
        } catch (CommandError full) {
            fresh.free();
            throw full;
        }
    }

    // ---- filled at once, see FieldFilling

    /** Whether another field goes into the small form that is put together in an image. */
    boolean fits(PackedImage image, Bytes field, Bytes value) {
        return image.count() < settings.listpackEntriesMax()
                && isShort(field)
                && isShort(value)
                && packed.fits(image.used(), field.length(), value.length());
    }

    /** Puts a field into an image, if it is not there yet. Returns whether it was not. */
    boolean gather(PackedImage image, Bytes field, Bytes value) {
        int ahead = PackedImage.lengthBytes(field.length()) + (valued ? PackedImage.lengthBytes(value.length()) : 0);
        if (!image.note(field, settings.hash().of(field.array(), field.offset(), field.length()), ahead)) {
            return false;
        }
        image.length(field.length());
        if (valued) {
            image.length(value.length());
        }
        image.bytes(field);
        if (valued) {
            image.bytes(value);
        }
        return true;
    }

    /** Makes an image the content of a collection that is empty. */
    void take(PackedImage image) {
        packed.take(image);
    }

    /** Returns whether the field was there. */
    boolean remove(Bytes field) {
        if (isPacked()) {
            int at = packed.find(field);
            if (at < 0) {
                return false;
            }
            packed.remove(at);
        } else {
            int hash = table().hash(field);
            int block = table().find(field, hash);
            if (block == 0) {
                return false;
            }
            table().remove(block, hash);
        }
        if (size() == 0) {
            free();
        }
        return true;
    }

    /** Puts all into others, which are empty and take the same form. */
    void copyTo(Fields other) {
        if (isPacked()) {
            packed.forEach((array, field, fieldLength, value, valueLength) -> {
                other.packed.add(Bytes.view(array, field, fieldLength), Bytes.view(array, value, valueLength));
                return true;
            });
            return;
        }
        other.rebuild(false);
        forEach((array, field, fieldLength, value, valueLength) -> {
            other.put(Bytes.view(array, field, fieldLength), Bytes.view(array, value, valueLength));
            return true;
        });
    }

    void forEach(FieldVisitor visitor) {
        if (isPacked()) {
            packed.forEach(visitor);
        } else {
            table().forEach(visitor);
        }
    }

    long scan(long cursor, long count, FieldVisitor visitor) {
        if (!isPacked()) {
            return table().scan(cursor & 0xffff_ffffL, count, visitor);
        }
        packed.forEach(visitor);
        return 0;
    }

    /** Shows any field, each with nearly the same chance; there must be one. */
    void random(Randomness randomness, FieldVisitor visitor) {
        if (isPacked()) {
            packed.show(randomness.nextInt(packed.size()), visitor);
        } else {
            table().random(randomness, visitor);
        }
    }

    /** Shows {@code count} different fields, fewer than there are, each with nearly the same chance. */
    void sample(Randomness randomness, long count, FieldVisitor visitor) {
        if (!isPacked() && count <= DRAWN_MAX && count * DRAWN_PART <= size()) {
            table().sample(randomness, (int) count, visitor);
            return;
        }
        Sample sample = new Sample(randomness, size(), count);
        forEach((array, field, fieldLength, value, valueLength) -> {
            if (sample.takesNext()) {
                visitor.field(array, field, fieldLength, value, valueLength);
            }
            return !sample.isComplete();
        });
    }

    /** Removes any field, each with nearly the same chance, and returns it; there must be one. */
    Bytes take(Randomness randomness) {
        Bytes field = isPacked() ? packed.take(randomness.nextInt(packed.size())) : table().take(randomness);
        if (size() == 0) {
            free();
        }
        return field;
    }

    /** As {@link SortedSet#pack}. */
    long pack(long cursor, int steps) {
        if (isPacked()) {
            packed.pack();
            return 0;
        }
        boolean nothing = cursor == 0 && root.subArena() != 0 && !root.arena().compact();
        return nothing ? 0 : table().pack(cursor, steps);
    }

    /** Bytes of all blocks. It visits each, unless there is an arena of its own. */
    long bytes() {
        if (isPacked()) {
            return packed.bytes();
        }
        return root.subArena() != 0 ? root.arena().bytesUsed() : table().bytes();
    }

    /** Gives all memory back; the collection is then empty and new. */
    void free() {
        if (root.subArena() != 0) {
            root.dropArena();
        } else if (isPacked()) {
            packed.free();
        } else {
            table().free();
        }
        table = null;
        root.clear();
    }
}
