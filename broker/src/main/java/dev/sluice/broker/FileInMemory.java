package dev.sluice.broker;

import dev.sluice.broker.seam.Disk;
import dev.sluice.streams.message.HeapRoom;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;

/** A file that was brought into memory as a whole, to be read once where nobody may wait for the disk. */
final class FileInMemory extends InputStream {
    private static final int PIECE_BYTES = 1 << 20;

    private final Queue<byte[]> pieces = new ArrayDeque<>();
    private final long bytes;
    private int at;

    /**
     * Reads it; throws if it becomes shorter meanwhile.
     *
     * @throws dev.sluice.streams.message.CommandError the heap, which data is not in, has no room for it
     */
    static FileInMemory of(Disk disk, String path) throws IOException {
        try (Disk.Input in = disk.open(path)) {
            return new FileInMemory(in.stream(), in.size());
        }
    }

    FileInMemory(InputStream in, long bytes) throws IOException {
        HeapRoom.require(bytes);
        this.bytes = bytes;
        for (long left = bytes; left > 0; ) {
            byte[] piece = in.readNBytes((int) Math.min(left, PIECE_BYTES));
            if (piece.length == 0) {
                throw new EOFException("it has become shorter");
            }
            pieces.add(piece);
            left -= piece.length;
        }
    }

    long bytes() {
        return bytes;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        byte[] piece = pieces.peek();
        if (piece == null) {
            return -1;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, offset, count);
        at += count;
        if (at == piece.length) {
            pieces.remove(); // it is not needed twice
            at = 0;
        }
        return count;
    }
}
