package dev.sluice.broker.persist;

import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a file had that no command serves yet, as it came, so that the next file has it too: libraries of functions, and
 * streams. It is on the heap, beside the keyspace, and no key: DBSIZE and SCAN do not count it. A key that is written in
 * place of a stream stands before it.
 */
public final class RdbKept {
    /** {@code raw}: as it stands in a file behind type and key. */
    private record Stream(int type, Bytes raw, long expireAtMs) {}

    private final List<Bytes> functions = new ArrayList<>();
    private final Map<Integer, Map<Bytes, Stream>> streams = new LinkedHashMap<>();
    private long bytes;

    void addFunction(Bytes library) {
        functions.add(library);
        bytes += library.length();
    }

    void addStream(int database, Bytes key, int type, Bytes raw, long expireAtMs) {
        streams.computeIfAbsent(database, any -> new LinkedHashMap<>()).put(key, new Stream(type, raw, expireAtMs));
        bytes += key.length() + raw.length();
    }

    /** Forgets the streams of a database, which was flushed. */
    public void clear(int database) {
        Map<Bytes, Stream> gone = streams.remove(database);
        if (gone != null) {
            gone.forEach((key, stream) -> bytes -= key.length() + stream.raw().length());
        }
    }

    /** Forgets everything. */
    public void clear() {
        functions.clear();
        streams.clear();
        bytes = 0;
    }

    boolean isEmpty() {
        return functions.isEmpty() && streams.isEmpty();
    }

    public int functions() {
        return functions.size();
    }

    public int streams() {
        return streams.values().stream().mapToInt(Map::size).sum();
    }

    /** Memory of what is kept. */
    public long bytes() {
        return bytes;
    }

    /** Whether redis-server 7.0 does not know it. */
    boolean needs72() {
        return streams.values().stream()
                .flatMap(all -> all.values().stream())
                .anyMatch(stream -> stream.type() == RdbType.STREAM_WITH_ACTIVE_TIMES);
    }

    void write(RdbEncoder encoder, Keyspace keyspace) {
        for (Bytes library : functions) {
            encoder.out().writeByte(RdbOpcode.FUNCTION);
            encoder.out().writeString(library);
            encoder.out().spill();
        }
        streams.forEach((index, all) -> all.forEach((key, stream) -> {
            boolean over = stream.expireAtMs() != Database.NO_EXPIRY && stream.expireAtMs() < keyspace.now();
            if (!over && !keyspace.database(index).holds(key)) {
                write(encoder, index, key, stream);
            }
        }));
    }

    private static void write(RdbEncoder encoder, int database, Bytes key, Stream stream) {
        encoder.select(database);
        encoder.expiry(stream.expireAtMs());
        encoder.out().writeByte(stream.type());
        encoder.out().writeString(key);
        encoder.out().writeBytes(stream.raw());
        encoder.out().spill();
    }
}
