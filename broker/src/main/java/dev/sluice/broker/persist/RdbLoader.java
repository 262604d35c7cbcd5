package dev.sluice.broker.persist;

import dev.sluice.broker.data.Rope;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.message.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a file into a keyspace: versions 1 to 12 of Redis and 80 of Valkey. Large values go element by element, or piece by
 * piece, from the file to their place. For one file, on the thread that the keyspace belongs to.
 */
public final class RdbLoader {
    /**
     * @param aofBase whether increments follow, for which keys whose time has come must be there
     * @param replaces whether a key may be there already, or come twice
     * @param checks {@code rdbchecksum}
     */
    public record Options(boolean aofBase, boolean replaces, boolean checks) {
        /** For a file at start. */
        public static final Options DEFAULTS = new Options(false, false, true);
    }

    /** Is told how far it is, every 256 KiB. */
    @FunctionalInterface
    public interface Progress {
        void read(long bytes);
    }

    /**
     * What became of a file.
     *
     * @param keys that were stored
     * @param expired keys that were left out because their time had come
     * @param empty collections without members, which were left out
     * @param bytes its length; what comes behind was not read
     * @param isChecked whether there was a checksum, and was looked at
     * @param version of the format
     */
    public record Loaded(long keys, long expired, long empty, long bytes, boolean isChecked, int version) {}

    private static final Options VERIFYING = new Options(true, true, true);
    private static final Logger LOG = LoggerFactory.getLogger(RdbLoader.class);
    private static final int CHECKED_FROM_VERSION = 5;
    private static final long EMPTY_NAMED_MAX = 10;
    private static final int PIECE_BYTES = 1 << 15;

    private final RdbInput in;
    private final Keyspace keyspace;
    private final RdbKept kept;
    private final Options options;
    private final RdbSigns signs;
    private final ValueReader values;
    private final boolean verifies; // and keeps nothing

    private Database database;
    private final RdbAttributes attributes = new RdbAttributes();
    private final RdbStrings strings = new RdbStrings();

    private long keys;
    private long expired;
    private long empty;

    private RdbLoader(RdbInput in, Keyspace keyspace, RdbKept kept, Options options) {
        this.in = in;
        this.keyspace = keyspace;
        this.kept = kept;
        this.options = options;
        this.verifies = options == VERIFYING;
        this.signs = new RdbSigns(keyspace, options.aofBase());
        this.values = new ValueReader(in);
        this.database = keyspace.database(0);
    }

    /**
     * Reads a file, whose time is {@link Keyspace#now}. It may read on behind its end, see {@link Loaded#bytes}.
     *
     * @param length of the input in bytes; {@link Long#MAX_VALUE} if nobody knows
     * @param kept gets what no command serves yet
     * @throws CorruptRdbException with an offset; what was read up to there is in the keyspace
     * @throws dev.sluice.streams.message.CommandError out of memory
     */
    public static Loaded load(
            InputStream input, long length, Keyspace keyspace, RdbKept kept, Options options, Progress progress)
            throws IOException {
        return load(new RdbInput(new RdbChunks(input, progress), length), keyspace, kept, options);
    }

    /** The same, where another thread reads the input. */
    public static Loaded load(
            InputStream input,
            long length,
            Keyspace keyspace,
            RdbKept kept,
            Options options,
            Progress progress,
            Executor reader)
            throws IOException {
        try (RdbReadAhead ahead = new RdbReadAhead(input, progress, reader)) {
            return load(new RdbInput(ahead, length), keyspace, kept, options);
        }
    }

    /**
     * Reads a file as {@link #load} does, whatever its keys' times and its number of databases, and keeps nothing of it.
     *
     * @param scratch is empty before and afterwards; it has room for the largest value
     */
    public static Loaded verify(InputStream input, long length, Keyspace scratch, Progress progress)
            throws IOException {
        RdbInput in = new RdbInput(new RdbChunks(input, progress), length);
        return load(in, scratch, new RdbKept(), VERIFYING);
    }

    static Loaded load(RdbInput in, Keyspace keyspace, RdbKept kept, Options options) throws IOException {
        try {
            return new RdbLoader(in, keyspace, kept, options).file();
        } catch (CorruptRdbException corrupt) {
            throw corrupt.at(in.offset());
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }

    private Loaded file() {
        RdbMagic magic = RdbMagic.read(in);
        for (int code; (code = in.readByte()) != RdbOpcode.EOF; ) {
            if (!opcode(code)) {
                key(magic.type(code));
                attributes.clear();
            }
        }
        storeStrings();
        boolean isChecked = magic.version() >= CHECKED_FROM_VERSION && checksum();
        Loaded loaded = new Loaded(keys, expired, empty, in.offset(), isChecked, magic.version());
        if (empty > 0) {
            LOG.warn(
                    "Done loading RDB, keys loaded: {}, keys expired: {}, empty keys skipped: {}.",
                    keys,
                    expired,
                    empty);
        } else {
            LOG.info("Done loading RDB, keys loaded: {}, keys expired: {}.", keys, expired);
        }
        return loaded;
    }

    /** Returns whether there is one, and it is right. */
    private boolean checksum() {
        long expected = in.crc();
        long found = in.readLong();
        if (!options.checks()) {
            return false;
        }
        if (found == 0) {
            LOG.warn("RDB file was saved with checksum disabled: no check performed.");
            return false;
        }
        if (found != expected) {
            LOG.warn(
                    "Wrong RDB checksum expected: ({}) but got ({}). Aborting now.",
                    Long.toHexString(expected),
                    Long.toHexString(found));
            throw new CorruptRdbException("RDB CRC error");
        }
        return true;
    }

    /** Reads what is not a key. Returns whether it was that. */
    private boolean opcode(int code) {
        switch (code) {
            case RdbOpcode.EXPIRY_MS -> attributes.expireAtMs = in.readLong();
            case RdbOpcode.EXPIRY_SECONDS -> attributes.expireAtMs = in.readInt() * 1000L;
            case RdbOpcode.IDLE -> attributes.idleSeconds = in.readLength();
            case RdbOpcode.FREQUENCY -> attributes.frequency = in.readByte();
            case RdbOpcode.SELECT -> select(in.readLength());
            case RdbOpcode.RESIZE -> {
                in.readLength();
                in.readLength();
            }
            case RdbOpcode.SLOT_INFO -> {
                in.readLength();
                in.readLength();
                in.readLength();
            }
            case RdbOpcode.AUX -> {
                Bytes name = in.readString();
                signs.read(name, in.readString());
            }
            case RdbOpcode.MODULE_AUX -> RdbModules.skipAux(in);
            case RdbOpcode.FUNCTION -> function(in.readString().detached());
            case RdbOpcode.FUNCTION_IN_PARTS -> function(functionInParts());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void select(long index) {
        storeStrings();
        int databases = keyspace.databases().size();
        if (verifies) {
            database = keyspace.database((int) (index % databases));
            return;
        }
        if (index >= databases) {
            throw new CorruptRdbException(
                    "Data file was created with a Redis server configured to handle more than %d databases"
                            .formatted(databases));
        }
        database = keyspace.database((int) index);
    }

    private void function(Bytes library) {
        if (!verifies) {
            kept.addFunction(library);
        }
    }

    /** Name, engine, a description if there is one, code: what is one text since. */
    private Bytes functionInParts() {
        String name = in.readString().toLatin1();
        String engine = in.readString().toLatin1();
        if (in.readLength() != 0) {
            in.readString();
        }
        String code = in.readString().toLatin1();
        String library = "#!%s name=%s\n%s".formatted(engine, name, code);
        return Bytes.of(library.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    // ---- keys

    private void key(int type) {
        RdbModules.refuse(type, in);
        Bytes key = in.readString();
        boolean over = attributes.expires() && !options.aofBase() && attributes.expireAtMs < keyspace.now();
        if (RdbStreams.isStream(type)) {
            stream(key, type, over);
        } else if (type == RdbType.STRING) {
            string(key, over);
        } else {
            storeStrings();
            collection(key, type, over);
        }
    }

    private void stream(Bytes key, int type, boolean over) {
        Bytes raw = RdbStreams.read(in, type);
        if (over) {
            expired++;
        } else if (verifies) {
            keys++;
        } else {
            kept.addStream(database.index(), key.detached(), type, raw, attributes.expireAtMs);
            keys++;
        }
    }

    private void string(Bytes key, boolean over) {
        RdbLongString string = in.readLongString(Rope.INLINE_BYTES_MAX);
        if (over) {
            if (string != null) {
                string.passOver(new byte[PIECE_BYTES]);
            }
            expired++;
        } else if (string == null && !attributes.tellAccess()) {
            strings.add(key, in.shortString(), attributes.expireAtMs);
            if (strings.isFull()) {
                storeStrings();
            }
        } else {
            storeStrings();
            long before = database.size();
            if (string == null) {
                database.setString(key, in.shortString(), attributes.expireAtMs);
            } else {
                store(key, string);
            }
            stored(key, before);
        }
    }

    private void store(Bytes key, RdbLongString string) {
        byte[] piece = new byte[PIECE_BYTES];
        database.setString(key, string.length(), (from, count) -> {
            string.next(piece, count);
            return piece;
        });
        if (attributes.expires()) {
            database.setExpireAt(key, attributes.expireAtMs);
        }
    }

    private void storeStrings() {
        int count = strings.count();
        Bytes duplicated = strings.store(database);
        keys += count;
        if (verifies) {
            for (int i = 0; i < count; i++) {
                database.delete(strings.key(i));
            }
        } else if (duplicated != null) {
            refuseDuplicated(duplicated);
        }
    }

    private void refuseDuplicated(Bytes key) {
        if (!options.replaces()) {
            throw new CorruptRdbException(
                    "RDB has duplicated key '%s' in DB %d".formatted(key.toLatin1(), database.index()));
        }
    }

    private void collection(Bytes key, int type, boolean over) {
        long before = database.size();
        try (Fresh<? extends Value> value = values.read(type, database, key)) {
            if (over) {
                expired++;
                return;
            }
            if (attributes.expires()) {
                value.expireAt(attributes.expireAtMs);
            }
            value.store();
        } catch (CorruptRdbException corrupt) {
            if (!corrupt.isEmptyCollection()) {
                throw corrupt;
            }
            if (empty++ < EMPTY_NAMED_MAX) {
                LOG.warn("rdbLoadObject skipping empty key: {}", key.toLatin1());
            }
            return;
        }
        stored(key, before);
    }

    /** A key was stored in a database that had so many before. */
    private void stored(Bytes key, long before) {
        keys++;
        if (verifies) {
            database.delete(key);
            return;
        }
        if (database.size() == before) {
            refuseDuplicated(key);
        }
        attributes.mark(database, keyspace.accesses(), key);
    }
}
