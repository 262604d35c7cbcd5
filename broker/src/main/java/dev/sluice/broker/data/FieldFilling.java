package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import org.jspecify.annotations.Nullable;

/**
 * Fills empty hashes and sets, one after the other: {@code begin}, {@code add} as often as needed, {@link #end}. What stays
 * small is put together on the heap and takes its block once, instead of each time that it grows.
 *
 * @see SortedFilling
 */
public final class FieldFilling {
    private final PackedImage image = new PackedImage();
    private @Nullable Fields gathering; // null: members are added one by one
    private @Nullable HashValue hash;
    private @Nullable SetValue set;

    /** It must be empty. */
    public void begin(HashValue target) {
        hash = target;
        set = null;
        begin(target.fields());
    }

    /** It must be empty; with no member that is a number as the first, for such sets have a form of their own. */
    public void begin(SetValue target, Bytes first) {
        hash = null;
        set = target;
        gathering = null;
        if (!Numbers.isLong(first)) {
            begin(target.fields());
        }
    }

    private void begin(Fields target) {
        gathering = target;
        image.clear();
    }

    /** Adds a field with its value, or a member with {@link Bytes#EMPTY}. Returns whether it was not there yet. */
    public boolean add(Bytes field, Bytes value) {
        Fields target = gathering;
        if (target != null) {
            if (target.fits(image, field, value)) {
                return target.gather(image, field, value);
            }
            end();
        }
        if (hash != null) {
            return hash.put(field, value);
        }
        return set != null && set.add(field);
    }

    /** To be called at the end. Throws {@link CommandError#outOfMemory}. */
    public void end() {
        Fields target = gathering;
        gathering = null;
        if (target != null && image.count() > 0) {
            target.take(image);
        }
    }
}
