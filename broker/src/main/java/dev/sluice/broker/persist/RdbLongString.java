package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;

/** A long string that is read from a file piece by piece, from its beginning to its end. */
sealed interface RdbLongString {
    /** In bytes. */
    int length();

    /** Puts the next bytes at the beginning of an array. */
    void next(byte[] piece, int count);

    /** As it stands in the file. */
    record Raw(RdbInput in, int length) implements RdbLongString {
        @Override
        public void next(byte[] piece, int count) {
            Bytes bytes = in.view(count);
            System.arraycopy(bytes.array(), bytes.offset(), piece, 0, count);
        }
    }

    /** Compressed. */
    record Compressed(LzfExpansion expansion, int length) implements RdbLongString {
        @Override
        public void next(byte[] piece, int count) {
            expansion.next(piece, count);
        }
    }

    /** Reads the string to its end. */
    default void passOver(byte[] piece) {
        for (int left = length(); left > 0; left -= piece.length) {
            next(piece, Math.min(left, piece.length));
        }
    }
}
