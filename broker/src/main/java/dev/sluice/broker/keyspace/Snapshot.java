package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Arena;
import dev.sluice.broker.data.Frozen;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All keys and values as they were at a cut, shown to a {@link Sink} in bites while commands go on. Nothing is copied in
 * advance: the walk goes through every table in its order, and what a command is about to change before the walk came by
 * is shown first ({@link #before}). The birth epoch in an entry's header tells what is still to be shown: the cut has
 * raised the epoch, whoever makes an entry or has it shown gives it the new one.
 *
 * <p>What expires or is evicted before it was shown is left out: whoever replays the journal from the cut on finds it
 * gone there too. What is cleared at once (FLUSHALL) is kept here until it has been shown.
 */
public final class Snapshot {
    /** Gets each key of the cut once, in no order, on the keyspace loop. It must not touch the keyspace, nor throw. */
    public interface Sink {
        /**
         * A key and its value, which is none of the large ones; both are valid only during the call.
         *
         * @param expireAtMs in ms since 1970, or {@link Database#NO_EXPIRY}
         * @param accessMark see {@link AccessClock}
         */
        void entry(int database, Bytes key, Value value, long expireAtMs, int accessMark);

        /** As {@link #entry}, a large value: to be read by one thread, whichever, and then released on the loop. */
        void frozen(int database, Bytes key, Frozen value, long expireAtMs, int accessMark);
    }

    private static final int STEP_ENTRIES = 32;
    private static final int STRINGS_A_LOOK_AT_THE_CLOCK = 8;
    private static final int KEY_BYTES_KEPT_MAX = 1 << 16;

    private final Keyspace keyspace;
    private final int epoch;
    private final List<Section> sections = new ArrayList<>();
    private final long keysTotal;
    private @Nullable Sink sink;
    private int current; // the section that the walk is in
    private long position; // and where in its table
    private long keysDone;
    private boolean finished;
    private byte[] keyCopy = new byte[64];
    private long fetched; // so that the reading is not optimized away

    Snapshot(Keyspace keyspace, int epoch, Sink sink) {
        this.keyspace = keyspace;
        this.epoch = epoch;
        this.sink = sink;
        long keys = 0;
        for (Database database : keyspace.databases()) {
            database.section(sections.size());
            sections.add(new Section(sections.size(), database));
            keys += database.size();
        }
        keysTotal = keys;
    }

    /** One database by the index it had at the cut. */
    private static final class Section {
        private final int index;
        private final Database database;
        private @Nullable Contents cleared; // what it had at the cut, if it was cleared since

        Section(int index, Database database) {
            this.index = index;
            this.database = database;
        }

        Contents contents() {
            return cleared == null ? database.entries().contents() : cleared;
        }
    }

    /** Keys of the cut, those among them that have gone since. */
    public long keysTotal() {
        return keysTotal;
    }

    /** Keys of the cut that were shown so far. */
    public long keysDone() {
        return keysDone;
    }

    /** Whether all is shown, or the snapshot was given up. */
    public boolean isFinished() {
        return finished;
    }

    /**
     * Shows keys until {@code isEnough}, which is asked after each collection and each few strings, or until there are no
     * more. Returns whether that is so; each call makes progress.
     */
    public boolean bite(BooleanSupplier isEnough) {
        while (!finished && !step(isEnough)) {}
        return finished;
    }

    /** Shows nothing more, and gives back what is kept. */
    public void abort() {
        sink = null;
        if (!finished && keyspace.mayGiveUp()) {
            end(false);
        }
    }

    /** What is under a key is about to be changed, or replaced: if it is of the cut it is shown now. */
    public void before(Database database, Bytes key) {
        Entries entries = database.entries();
        int entry = entries.table().find(entries.hashOf(key), key.array(), key.offset(), key.length());
        if (entry != 0 && !finished) {
            show(database.section(), entries.arena(), entries.values(), entry);
        }
    }

    /** A database was cleared, and this is what it had. Returns whether it is kept here, and given back later. */
    boolean keeps(Database database, Contents contents) {
        Section section = sections.get(database.section());
        if (finished || section.index < current || section.cleared != null) {
            return false; // it has nothing that is of the cut and was not shown
        }
        section.cleared = contents;
        return true;
    }

    /** Returns whether that is enough. */
    private boolean step(BooleanSupplier isEnough) {
        if (current == sections.size()) {
            end(true);
            return true;
        }
        Section section = sections.get(current);
        Contents contents = section.contents();
        Table table = contents.table();
        int found = table.gather(position, STEP_ENTRIES, false);
        long next = table.next();
        fetch(contents.arena(), table, found);
        int strings = 0;
        for (int i = 0; i < found; i++) {
            Value.Type type = show(section.index, contents.arena(), contents.values(), table.gathered(i));
            strings += type == Value.Type.STRING ? 1 : 0;
            boolean looks = type != null && (type != Value.Type.STRING || strings % STRINGS_A_LOOK_AT_THE_CLOCK == 0);
            if (looks && isEnough.getAsBoolean()) {
                return true; // and what was shown is passed over the next time
            }
        }
        goTo(section, next);
        return isEnough.getAsBoolean();
    }

    /** Reads the beginnings of all: the processor waits for all of them at once. See {@link Database#fetch}. */
    private void fetch(Arena arena, Table table, int found) {
        long sum = 0;
        for (int i = 0; i < found; i++) {
            sum += Entry.header(arena, table.gathered(i));
        }
        fetched = sum;
    }

    private void goTo(Section section, long next) {
        position = next;
        if (next == Table.END) {
            giveBack(section);
            current++;
            position = 0;
        }
    }

    private static void giveBack(Section section) {
        if (section.cleared != null) {
            section.cleared.detach();
            section.cleared = null;
        }
    }

    private void end(boolean complete) {
        sections.forEach(Snapshot::giveBack);
        finished = true;
        sink = null;
        keyspace.ended(complete);
    }

    /** Shows an entry unless it is no more of the cut. Returns its type if it was shown, else null. */
    private Value.@Nullable Type show(int database, Arena arena, Values values, int entry) {
        long header = Entry.header(arena, entry);
        if (Entry.birthEpoch(header) == epoch) {
            return null;
        }
        Sink to = sink;
        if (to != null) {
            int length = Entry.keyLength(arena, entry, header);
            byte[] copy = roomForKey(length);
            Entry.copyKey(arena, entry, header, copy);
            Bytes key = Bytes.view(copy, 0, length);
            long expireAt = Entry.expireAt(arena, entry, header);
            Frozen frozen = values.frozen(entry, header);
            if (frozen == null) {
                to.entry(database, key, values.of(entry), expireAt, Entry.clock(header));
            } else {
                to.frozen(database, key, frozen, expireAt, Entry.clock(header));
            }
        }
        Entry.putBirthEpoch(arena, entry, header, epoch);
        keysDone++;
        return Entry.type(header);
    }

    /** Larger than the key, so that whoever detaches it gets a copy. */
    private byte[] roomForKey(int length) {
        if (length < keyCopy.length) {
            return keyCopy;
        }
        byte[] room = new byte[length + 1];
        if (length <= KEY_BYTES_KEPT_MAX) {
            keyCopy = room;
        }
        return room;
    }
}
