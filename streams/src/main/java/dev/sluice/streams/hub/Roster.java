package dev.sluice.streams.hub;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An ordered list that may change while it is walked: removal empties a slot in O(1) and the holes are closed when they
 * are half of it and nobody walks. A walk is {@code begin}, {@code at(i)} for i below {@link #end()} asked anew at each
 * step, {@code finish}; walks do not nest.
 */
final class Roster<E extends Roster.Slot> {
    /** An element, which knows where it stands. It is in one roster at most. */
    abstract static class Slot {
        private int index = -1;
    }

    private @Nullable Slot[] slots = new @Nullable Slot[1];
    private int end;
    private int size;
    private boolean walked;

    int size() {
        return size;
    }

    void begin() {
        walked = true;
    }

    void finish() {
        walked = false;
    }

    /** The index after the last slot in use. */
    int end() {
        return end;
    }

    /** The element in a slot, null for one that was removed. */
    @SuppressWarnings("unchecked")
    @Nullable
    E at(int index) {
        return (E) slots[index];
    }

    void add(E element) {
        if (end == slots.length) {
            makeRoom();
        }
        Slot slot = element;
        slot.index = end;
        slots[end++] = slot;
        size++;
    }

    void remove(E element) {
        Slot slot = element;
        slots[slot.index] = null;
        slot.index = -1;
        size--;
        if (!walked && size <= end / 2) {
            closeHoles();
        }
    }

    private void makeRoom() {
        if (!walked && size <= end / 2) {
            closeHoles();
        }
        if (end == slots.length) {
            slots = Arrays.copyOf(slots, slots.length * 2);
        }
    }

    private void closeHoles() {
        int kept = 0;
        for (int i = 0; i < end; i++) {
            Slot slot = slots[i];
            if (slot != null) {
                slot.index = kept;
                slots[kept++] = slot;
            }
        }
        Arrays.fill(slots, kept, end, null);
        end = kept;
        if (slots.length > 4 * Math.max(1, kept)) {
            slots = Arrays.copyOf(slots, 2 * Math.max(1, kept));
        }
    }
}
