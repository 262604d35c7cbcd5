package dev.sluice.broker.data;

import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import org.jspecify.annotations.Nullable;

/**
 * A sorted set: members by score, then by bytes; rank in O(log n). A view, made at look-up. Small sets are a {@link
 * PackedSortedSet}; one that outgrows it becomes a {@link SortedTree} and stays one until it is empty.
 *
 * <p>Scores are never NaN; -0.0 and 0.0 are the same score, and a packed set keeps 0.0 of both, as Redis's listpack. Ranks count from 0 in ascending order: the rank from the
 * other end is {@code size() - 1 - rank}. An operation that throws has changed nothing.
 */
public final class SortedSet extends Members {
    private static final int FORM_AT = 12;
    private static final int TREE = 1;

    /** From this size on a set has an arena of its own if it may, so that it is freed at once: about 64 KiB. */
    static final int OWN_ARENA_MEMBERS = 1024;

    private final Root root;
    private final ListpackSettings settings;
    private final PackedSortedSet packed;
    private @Nullable Expiries expiries; // most sets have none
    private @Nullable SortedTree tree;
    private boolean keepsZeroSigns;

    public SortedSet(Root root) {
        this(root, ListpackSettings.DEFAULTS);
    }

    public SortedSet(Root root, ListpackSettings settings) {
        this.root = root;
        this.settings = settings;
        this.packed = new PackedSortedSet(root);
    }

    @Override
    public long size() {
        return root.getInt(0) & 0xffff_ffffL;
    }

    public boolean isPacked() {
        return (root.getInt(FORM_AT) & 0xff) != TREE;
    }

    /** Only while the set is not packed. */
    SortedTree tree() {
        SortedTree known = tree;
        if (known == null) {
            known = new SortedTree(root, settings.hash());
            tree = known;
        }
        return known;
    }

    /** Score of a member; NaN when it is not there (a stored score is never NaN). */
    public double score(Bytes member) {
        if (isPacked()) {
            int at = packed.find(member);
            return at < 0 ? Double.NaN : packed.score(at);
        }
        long place = tree().find(member, tree().hash(member));
        return place == 0 ? Double.NaN : tree().score(place);
    }

    /** Adds a member or changes its score. Returns whether it was added. */
    public boolean put(Bytes member, double score) {
        if (isPacked()) {
            int at = packed.find(member);
            if (at >= 0) {
                if (differ(packed.score(at), score)) {
                    packed.update(at, SortedKey.entry(packedScore(score), member));
                }
                return false;
            }
            if (staysPacked(member)) {
                packed.add(SortedKey.entry(packedScore(score), member));
                return true;
            }
            rebuild(false);
        }
        return putInTree(member, score);
    }

    private boolean differ(double score, double other) {
        return score != other
                || keepsZeroSigns && Double.doubleToRawLongBits(score) != Double.doubleToRawLongBits(other);
    }

    /** A zero loses its sign. */
    private double packedScore(double score) {
        return keepsZeroSigns ? score : score + 0.0;
    }

    /**
     * Lets a set that is being made keep the signs of zeros also while it is packed, and tell zeros apart, until {@link
     * #dropZeroSigns}: Redis gathers results in the other form, and packs them at the end.
     */
    public void keepZeroSigns() {
        keepsZeroSigns = true;
    }

    public void dropZeroSigns() {
        keepsZeroSigns = false;
        if (isPacked()) {
            packed.dropZeroSigns();
        }
    }

    /** Whether a set of so many members, all of them short, is packed. */
    public boolean staysPacked(long members) {
        return members <= settings.listpackEntriesMax();
    }

    private boolean staysPacked(Bytes member) {
        return size() < settings.listpackEntriesMax()
                && member.length() <= settings.listpackValueBytesMax()
                && packed.fits(member.length());
    }

    // ---- filled at once, see SortedFilling

    /** Whether another member goes into the small form that is put together in an image. */
    boolean fits(PackedImage image, Bytes member) {
        return image.count() < settings.listpackEntriesMax()
                && member.length() <= settings.listpackValueBytesMax()
                && packed.fits(image.used(), member.length());
    }

    /** Puts a member, which is after those before it, into an image, if it is not there yet. Returns whether it was not. */
    boolean gather(PackedImage image, Bytes member, double score) {
        int ahead = Double.BYTES + PackedImage.lengthBytes(member.length());
        if (!image.note(member, settings.hash().of(member.array(), member.offset(), member.length()), ahead)) {
            return false;
        }
        image.number(packedScore(score));
        image.length(member.length());
        image.bytes(member);
        return true;
    }

    /** Makes an image the content of a set that is empty. */
    void take(PackedImage image) {
        packed.take(image);
    }

    private boolean putInTree(Bytes member, double score) {
        int hash = tree().hash(member);
        long place = tree().find(member, hash);
        if (place != 0) {
            if (differ(tree().score(place), score)) {
                tree().update(place, SortedKey.entry(score, member), hash);
            }
            return false;
        }
        if (size() >= OWN_ARENA_MEMBERS && root.mayOwnArena()) {
            rebuild(true);
        }
        tree().add(SortedKey.entry(score, member), hash);
        return true;
    }

    /** Builds a tree from what is there, in an arena of its own or that of the key. */
    private void rebuild(boolean ownArena) {
        tree = null;
        root.rebuild(ownArena, from -> {
            SortedSet old = new SortedSet(from, settings);
            fill(old);
            old.free();
        });
    }

    private void fill(SortedSet old) {
        SortedTree fresh = new SortedTree(root, settings.hash());
        fresh.create();
        root.putInt(FORM_AT, root.getInt(FORM_AT) | TREE);
        try {
            old.range(0, old.size() - 1, false, (array, offset, length, score) -> {
                Bytes member = Bytes.view(array, offset, length);
                fresh.add(SortedKey.entry(score, member), fresh.hash(member));
                return true;
            });
        } catch (CommandError full) {
            fresh.free();
            throw full;
        }
    }

    @Override
    public boolean has(Bytes member) {
        return !Double.isNaN(score(member));
    }

    @Override
    public boolean remove(Bytes member) {
        if (root.hasExpiries()) {
            expiries().remove(member);
        }
        if (isPacked()) {
            int at = packed.find(member);
            if (at < 0) {
                return false;
            }
            packed.remove(at);
        } else {
            int hash = tree().hash(member);
            long place = tree().find(member, hash);
            if (place == 0) {
                return false;
            }
            tree().remove(place, hash);
        }
        freeIfEmpty();
        return true;
    }

    /** Removes ranks {@code start} to {@code stop}, both included and within bounds. */
    public void removeRange(long start, long stop) {
        if (stop - start + 1 == size()) {
            free();
            return;
        }
        if (root.hasExpiries()) {
            range(start, stop, false, (array, offset, length, score) -> {
                expiries().remove(Bytes.view(array, offset, length));
                return true;
            });
        }
        if (isPacked()) {
            packed.removeRange(start, stop);
        } else {
            tree().removeRange(start, stop);
        }
        freeIfEmpty();
    }

    private void freeIfEmpty() {
        if (size() == 0) {
            free();
        }
    }

    /** Number of members before this one in ascending order; -1 when it is not there. */
    public long rank(Bytes member) {
        if (isPacked()) {
            int at = packed.find(member);
            return at < 0 ? -1 : packed.rank(at);
        }
        long place = tree().find(member, tree().hash(member));
        return place == 0 ? -1 : tree().rank(place);
    }

    /**
     * Number of members with a lower score, or with at most this score if {@code inclusive}: the rank at which a range by
     * score begins, or that follows its end.
     */
    public long countBelow(double score, boolean inclusive) {
        return countBelow(SortedKey.score(score, inclusive));
    }

    /**
     * Number of members that are lower than this one, or at most this one if {@code inclusive}, in a set whose scores are
     * all the same; anything within bounds in other sets.
     */
    public long countBelow(Bytes member, boolean inclusive) {
        return countBelow(SortedKey.member(member, inclusive));
    }

    private long countBelow(SortedKey key) {
        return isPacked() ? packed.countBelow(key) : tree().countBelow(key);
    }

    /** Shows ranks {@code start} to {@code stop}, both included and within bounds, counted from the end if reversed. */
    public void range(long start, long stop, boolean reverse, Visitor visitor) {
        if (start > stop) {
            return;
        }
        long last = size() - 1;
        long from = reverse ? last - start : start;
        long to = reverse ? last - stop : stop;
        if (isPacked()) {
            packed.range(from, to, visitor);
        } else if (reverse) {
            tree().reverseRange(from, to, visitor);
        } else {
            tree().range(from, to, visitor);
        }
    }

    /** Shows any member, each with the same chance; there must be one. */
    public void random(Randomness randomness, Visitor visitor) {
        show(anyRank(randomness), visitor);
    }

    /** Shows {@code count} different members, fewer than there are, each with the same chance. */
    public void sample(Randomness randomness, long count, Visitor visitor) {
        if (count <= Fields.DRAWN_MAX && count * Fields.DRAWN_PART <= size()) {
            DistinctInts shown = new DistinctInts((int) count);
            for (long left = count; left > 0; ) {
                long rank = anyRank(randomness);
                if (shown.add((int) rank)) {
                    show(rank, visitor);
                    left--;
                }
            }
            return;
        }
        Sample sample = new Sample(randomness, size(), count);
        range(0, size() - 1, false, (array, offset, length, score) -> {
            if (sample.takesNext()) {
                visitor.member(array, offset, length, score);
            }
            return !sample.isComplete();
        });
    }

    private long anyRank(Randomness randomness) {
        return Math.unsignedMultiplyHigh(randomness.nextLong(), size());
    }

    private void show(long rank, Visitor visitor) {
        range(rank, rank, false, visitor);
    }

    /**
     * Shows about {@code count} members from a cursor on, which is 0 at first, in no order. Returns the next cursor, 0 at
     * the end. Members that are there all the time are shown at least once, whatever else changes between the calls.
     */
    public long scan(long cursor, long count, Visitor visitor) {
        if (!isPacked()) {
            return tree().scan(cursor & 0xffff_ffffL, count, visitor);
        }
        range(0, size() - 1, false, visitor);
        return 0;
    }

    /** Sees one member; {@code array} is valid only during the call, and the set must not change. Returns whether to go on. */
    public interface Visitor {
        boolean member(byte[] array, int offset, int length, double score);
    }

    /** Bytes of all blocks of the set. It visits each, unless the set has an arena of its own. */
    public long bytes() {
        return membersBytes() + (root.hasExpiries() ? expiries().bytes() : 0);
    }

    private long membersBytes() {
        if (isPacked()) {
            return packed.bytes();
        }
        return root.subArena() != 0 ? root.arena().bytesUsed() : tree().bytes();
    }

    /**
     * Moves blocks where that leaves less memory idle: about {@code steps} of up to 10 microseconds, from a cursor on that
     * is 0 at first. Returns the next cursor, 0 at the end. Who owns the arena of the key has called {@link Arena#compact}
     * before.
     */
    public long pack(long cursor, int steps) {
        try {
            if (isPacked()) {
                packed.pack();
                return 0;
            }
            boolean nothing =
                    cursor == 0 && root.subArena() != 0 && !root.arena().compact();
            return nothing ? 0 : tree().pack(cursor, steps);
        } catch (CommandError full) {
            return 0; // all can stay where it is
        }
    }

    /** Puts all members into another set, which is empty and becomes of the same form. */
    public void copyTo(SortedSet other) {
        if (isPacked()) {
            range(0, size() - 1, false, (array, offset, length, score) -> {
                other.packed.add(SortedKey.entry(score, Bytes.view(array, offset, length)));
                return true;
            });
        } else {
            other.rebuild(false);
            range(0, size() - 1, false, (array, offset, length, score) -> {
                other.put(Bytes.view(array, offset, length), score);
                return true;
            });
        }
        expiries().copyTo(other.expiries(), other::has);
    }

    /** Gives all memory back; the set is then empty and new. Takes O(1) from {@link #OWN_ARENA_MEMBERS} on. */
    public void free() {
        if (root.subArena() != 0) {
            root.dropArena();
        } else if (isPacked()) {
            packed.free();
        } else {
            tree().free();
        }
        tree = null;
        root.clear();
        if (root.hasExpiries()) {
            expiries().free();
        }
    }

    @Override
    Expiries expiries() {
        Expiries known = expiries;
        if (known == null) {
            known = new Expiries(root, settings);
            expiries = known;
        }
        return known;
    }

    @Override
    public Type type() {
        return Type.SORTED_SET;
    }

    @Override
    public String encoding() {
        return isPacked() ? "listpack" : "skiplist";
    }
}
