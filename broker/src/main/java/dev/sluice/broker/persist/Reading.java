package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;

/** A place in a packed encoding, which never goes beyond its end. Numbers begin with the lowest byte. */
final class Reading {
    private final byte[] array;
    private final int end;
    private final String name;
    private int at;

    Reading(Bytes bytes, String name) {
        this.array = bytes.array();
        this.at = bytes.offset();
        this.end = bytes.offset() + bytes.length();
        this.name = name;
    }

    int at() {
        return at;
    }

    int remaining() {
        return end - at;
    }

    /** The next byte, unsigned. */
    int next() {
        return array[skip(1)] & 0xff;
    }

    /** An unsigned number of up to 7 bytes, or any of 8. */
    long uint(int bytes) {
        int from = skip(bytes);
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << Byte.SIZE | array[from + i] & 0xff;
        }
        return value;
    }

    /** The text of a signed number. */
    Bytes integer(int bytes) {
        int unused = Long.SIZE - Byte.SIZE * bytes;
        return Bytes.of(uint(bytes) << unused >> unused);
    }

    Bytes view(long length) {
        return Bytes.view(array, skip(length), (int) length);
    }

    /** Returns where the bytes begin that are passed over. */
    int skip(long bytes) {
        if (bytes < 0 || bytes > end - at) {
            throw corrupt();
        }
        int from = at;
        at += (int) bytes;
        return from;
    }

    CorruptRdbException corrupt() {
        return new CorruptRdbException(name + " integrity check failed");
    }
}
