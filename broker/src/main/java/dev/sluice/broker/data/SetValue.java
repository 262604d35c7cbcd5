package dev.sluice.broker.data;

import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;

/**
 * A set of members. A view, made at look-up. While all are integers and few it is an {@link IntSet}, which shows them in
 * ascending order, otherwise {@link Fields} without values. An operation that throws has changed nothing.
 */
public final class SetValue extends Members {
    private static final int INTEGERS = 2;

    private final Root root;
    private final ListpackSettings settings;
    private final int intsetEntriesMax;
    private final IntSet integers;
    private final Fields members;
    private final Expiries expiries;

    /** {@code intsetEntriesMax}: {@code set-max-intset-entries}. */
    public SetValue(Root root, ListpackSettings settings, int intsetEntriesMax) {
        this.root = root;
        this.settings = settings;
        this.intsetEntriesMax = intsetEntriesMax;
        this.integers = new IntSet(root);
        this.members = new Fields(root, settings, false);
        this.expiries = new Expiries(root, settings);
    }

    @Override
    public long size() {
        return root.getInt(0) & 0xffff_ffffL;
    }

    Fields fields() {
        return members;
    }

    private boolean isIntegers() {
        return (root.getInt(Fields.FORM_AT) & 0xff) == INTEGERS;
    }

    @Override
    public boolean has(Bytes member) {
        if (isIntegers()) {
            return Numbers.isLong(member) && integers.find(Numbers.toLong(member)) >= 0;
        }
        return members.has(member);
    }

    /** Returns whether the member was not there yet. */
    public boolean add(Bytes member) {
        if (size() == 0 && intsetEntriesMax > 0 && Numbers.isLong(member)) {
            root.putInt(Fields.FORM_AT, INTEGERS);
        }
        if (isIntegers()) {
            boolean integer = Numbers.isLong(member);
            long number = integer ? Numbers.toLong(member) : 0;
            int index = integer ? integers.find(number) : -1;
            if (index >= 0) {
                return false;
            }
            if (integer && size() < intsetEntriesMax) {
                integers.add(-1 - index, number);
                return true;
            }
            endIntegers(member);
        }
        return members.put(member, Bytes.EMPTY);
    }

    /** Gives the set another form, which is to take this member next. */
    private void endIntegers(Bytes next) {
        boolean packs = size() < settings.listpackEntriesMax() && next.length() <= settings.listpackValueBytesMax();
        root.rebuild(false, from -> {
            IntSet old = new IntSet(from);
            if (packs) {
                fillPacked(old);
            } else {
                members.fillTable(visitor -> show(old, visitor));
            }
            old.free();
        });
    }

    private void fillPacked(IntSet old) {
        PackedFields packed = new PackedFields(root, false);
        try {
            for (int i = 0; i < old.size(); i++) {
                packed.add(Bytes.of(old.at(i)), Bytes.EMPTY);
            }
        } catch (CommandError full) {
            packed.free();
            throw full;
        }
    }

    private static void show(IntSet integers, FieldVisitor visitor) {
        boolean going = true;
        for (int i = 0, size = integers.size(); i < size && going; i++) {
            going = show(integers.at(i), visitor);
        }
    }

    private static boolean show(long integer, FieldVisitor visitor) {
        Bytes text = Bytes.of(integer);
        int end = text.offset() + text.length();
        return visitor.field(text.array(), text.offset(), text.length(), end, 0);
    }

    @Override
    public boolean remove(Bytes member) {
        expiries.remove(member);
        if (!isIntegers()) {
            return members.remove(member);
        }
        int index = Numbers.isLong(member) ? integers.find(Numbers.toLong(member)) : -1;
        if (index < 0) {
            return false;
        }
        removeAt(index);
        return true;
    }

    private void removeAt(int index) {
        integers.remove(index);
        if (size() == 0) {
            free();
        }
    }

    /** Shows every member, until the visitor has seen enough. */
    public void forEach(FieldVisitor visitor) {
        if (isIntegers()) {
            show(integers, visitor);
        } else {
            members.forEach(visitor);
        }
    }

    /** As {@link SortedSet#scan}. */
    public long scan(long cursor, long count, FieldVisitor visitor) {
        if (!isIntegers()) {
            return members.scan(cursor, count, visitor);
        }
        show(integers, visitor);
        return 0;
    }

    /** Shows any member, each with nearly the same chance; there must be one. */
    public void random(Randomness randomness, FieldVisitor visitor) {
        if (isIntegers()) {
            show(integers.at(randomness.nextInt(integers.size())), visitor);
        } else {
            members.random(randomness, visitor);
        }
    }

    /** Shows {@code count} different members, fewer than there are, each with nearly the same chance. */
    public void sample(Randomness randomness, long count, FieldVisitor visitor) {
        if (!isIntegers()) {
            members.sample(randomness, count, visitor);
        } else if (count <= Fields.DRAWN_MAX && count * Fields.DRAWN_PART <= size()) {
            DistinctInts shown = new DistinctInts((int) count);
            for (long left = count; left > 0; ) {
                int index = randomness.nextInt(integers.size());
                if (shown.add(index)) {
                    show(integers.at(index), visitor);
                    left--;
                }
            }
        } else {
            Sample sample = new Sample(randomness, size(), count);
            for (int i = 0; !sample.isComplete(); i++) {
                if (sample.takesNext()) {
                    show(integers.at(i), visitor);
                }
            }
        }
    }

    /** Removes any member, each with nearly the same chance, and returns it; there must be one. */
    public Bytes take(Randomness randomness) {
        Bytes member;
        if (isIntegers()) {
            int index = randomness.nextInt(integers.size());
            member = Bytes.of(integers.at(index));
            removeAt(index);
        } else {
            member = members.take(randomness);
        }
        expiries.remove(member);
        return member;
    }

    /** Puts all members into another set, which is empty and takes the same form. */
    public void copyTo(SetValue other) {
        if (isIntegers()) {
            other.root.putInt(Fields.FORM_AT, INTEGERS);
            for (int i = 0; i < integers.size(); i++) {
                other.integers.add(i, integers.at(i));
            }
        } else {
            members.copyTo(other.members);
        }
        expiries.copyTo(other.expiries, other::has);
    }

    /** Bytes of all blocks. It visits each, unless the set has an arena of its own. */
    public long bytes() {
        return (isIntegers() ? integers.bytes() : members.bytes()) + expiries.bytes();
    }

    /** As {@link SortedSet#pack}. */
    public long pack(long cursor, int steps) {
        try {
            if (!isIntegers()) {
                return members.pack(cursor, steps);
            }
            integers.pack();
        } catch (CommandError full) {
            // all can stay where it is
        }
        return 0;
    }

    /** Gives all memory back; the set is then empty and new. */
    public void free() {
        if (isIntegers()) {
            integers.free();
            root.clear();
        } else {
            members.free();
        }
        expiries.free();
    }

    @Override
    Expiries expiries() {
        return expiries;
    }

    @Override
    public Type type() {
        return Type.SET;
    }

    @Override
    public String encoding() {
        return isIntegers() ? "intset" : "hashtable";
    }
}
