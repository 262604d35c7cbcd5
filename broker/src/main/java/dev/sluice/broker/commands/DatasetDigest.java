package dev.sluice.broker.commands;

import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.resp.Decimals;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One number for all data, redis-server's: two servers hold the same exactly if their digests agree. SHA-1 of each part,
 * folded in order ({@link #mix}) where order counts and by exclusive or ({@link #add}) where it does not; computeDatasetDigest
 * and xorObjectDigest of redis 7.0.
 */
final class DatasetDigest {
    private static final int BYTES = 20;
    private static final byte[] FIELD_EXPIRES = "!!hexpire!!".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] EXPIRES = "!!expire!!".getBytes(StandardCharsets.ISO_8859_1);

    private final MessageDigest sha1;

    DatasetDigest() {
        try {
            sha1 = MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /** The digest of all databases, 40 hexadecimal digits. */
    String of(Keyspace keyspace) {
        byte[] whole = new byte[BYTES];
        for (Database database : keyspace.databases()) {
            boolean[] begun = {false
            }; // by a key that lives: those whose time has come are nothing, wherever they still are
            database.forEachKey((array, offset, length, type) -> {
                if (!begun[0]) {
                    mix(whole, number(database.index()));
                    begun[0] = true;
                }
                Bytes key = Bytes.view(array, offset, length);
                byte[] one = new byte[BYTES];
                mix(one, key.toArray());
                value(database, key, one);
                add(whole, one);
            });
        }
        return HexFormat.of().formatHex(whole);
    }

    /** The digest of one value; forty zeros for a key that is not there. Neither is an access. */
    String of(Database database, Bytes key) {
        byte[] one = new byte[BYTES];
        value(database, key, one);
        return HexFormat.of().formatHex(one);
    }

    private void value(Database database, Bytes key, byte[] digest) {
        Value value = database.inspect(key);
        if (value == null) {
            return;
        }
        mix(digest, number(number(value.type())));
        switch (value) {
            case StringValue string -> mix(digest, string.bytes().toArray());
            case ListValue list -> {
                ListValue.Cursor elements = list.cursor(0, false);
                while (elements.next()) {
                    mix(digest, elements.element().toArray());
                }
            }
            case SetValue set ->
                set.forEach((array, member, length, none, noLength) -> {
                    add(digest, Bytes.view(array, member, length).toArray());
                    return true;
                });
            case HashValue hash ->
                hash.forEach((array, field, fieldLength, fieldValue, valueLength) -> {
                    byte[] pair = new byte[BYTES];
                    mix(pair, Bytes.view(array, field, fieldLength).toArray());
                    mix(pair, Bytes.view(array, fieldValue, valueLength).toArray());
                    if (hash.memberExpireAt(Bytes.view(array, field, fieldLength)) != Members.NO_EXPIRY) {
                        add(pair, FIELD_EXPIRES);
                    }
                    add(digest, pair);
                    return true;
                });
            case SortedSet set ->
                set.range(0, set.size() - 1, false, (array, offset, length, score) -> {
                    byte[] member = new byte[BYTES];
                    mix(member, Bytes.view(array, offset, length).toArray());
                    mix(member, Decimals.text(score).toArray());
                    add(digest, member);
                    return true;
                });
        }
        if (database.inspectExpireAt(key) != Database.NO_EXPIRY) {
            add(digest, EXPIRES);
        }
    }

    private static int number(Value.Type type) {
        return switch (type) {
            case STRING -> 0;
            case LIST -> 1;
            case SET -> 2;
            case SORTED_SET -> 3;
            case HASH -> 4;
            case STREAM -> 6;
        };
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    private void add(byte[] digest, byte[] part) {
        byte[] hash = sha1.digest(part);
        for (int i = 0; i < BYTES; i++) {
            digest[i] ^= hash[i];
        }
    }

    private void mix(byte[] digest, byte[] part) {
        add(digest, part);
        System.arraycopy(sha1.digest(digest), 0, digest, 0, BYTES);
    }
}
