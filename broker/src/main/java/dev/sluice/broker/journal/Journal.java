package dev.sluice.broker.journal;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What changed, in the order of execution: one contiguous record per call, of requests that give the same result
 * wherever they are replayed. With no reader nothing is encoded.
 */
public final class Journal {
    /** Takes each record as it is written; a record is RESP requests, a SELECT first where the database changed. */
    public interface Reader {
        /** {@code offset} counts the bytes of all records before this one; the record is valid only during the call. */
        void record(long offset, Bytes record);
    }

    private static final Request MULTI = Request.of("MULTI");
    private static final Request EXEC = Request.of("EXEC");

    private final List<Reader> readers = new CopyOnWriteArrayList<>();
    private final RespText text = new RespText();
    private long offset;
    private int selected = -1;

    public boolean isRead() {
        return !readers.isEmpty();
    }

    /** The reader sees what is appended from now on, beginning with a SELECT. */
    public void attach(Reader reader) {
        readers.add(reader);
        selected = -1;
    }

    /** The next record begins with a SELECT: what comes stands in another file, say. */
    public void selectAgain() {
        selected = -1;
    }

    public void detach(Reader reader) {
        readers.remove(reader);
    }

    /** Bytes written so far. */
    public long offset() {
        return offset;
    }

    /** One effect of a record. */
    public record Effect(int database, Request request) {}

    /** Appends the effects of one call; several are wrapped so that a replay runs all of them or none. */
    public void append(List<Effect> effects) {
        if (effects.isEmpty() || readers.isEmpty()) {
            return;
        }
        boolean wrapped = effects.size() > 1;
        text.clear();
        select(effects.getFirst().database());
        if (wrapped) {
            text.add(MULTI);
        }
        for (Effect effect : effects) {
            select(effect.database());
            text.add(effect.request());
        }
        if (wrapped) {
            text.add(EXEC);
        }
        Bytes record = text.bytes();
        for (Reader reader : readers) { // as they were when this began
            reader.record(offset, record);
        }
        offset += record.length();
    }

    private void select(int database) {
        if (database != selected) {
            text.add(Request.of("SELECT", Integer.toString(database)));
            selected = database;
        }
    }
}
