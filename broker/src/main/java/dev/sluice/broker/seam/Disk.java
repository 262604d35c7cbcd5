package dev.sluice.broker.seam;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files and directories, for threads that may wait. Paths are absolute; an exception's message is strerror's. What was
 * written is there after a crash of the process; after one of the machine only what {@link Output#force} has returned
 * from, under the name that {@link #forceDirectory} has returned from: other writes, and what was done to names, may be
 * there, be lost, or be there in part and in another order.
 */
public interface Disk extends WholeFiles {
    /** A file that is read from its beginning. */
    interface Input extends Closeable {
        /** Bytes of the file when it was opened. */
        long size();

        /** Reads up to so many bytes, at least one; -1 at the end. */
        int read(byte[] into, int offset, int length) throws IOException;

        /** The same as a stream, with which this is closed. */
        default InputStream stream() {
            Input input = this;
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return input.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    return length == 0 ? 0 : input.read(into, offset, length);
                }

                @Override
                public void close() throws IOException {
                    input.close();
                }
            };
        }

        @Override
        void close() throws IOException;
    }

    /** A file that is written at its end. */
    interface Output extends Closeable {
        /** Bytes of the file at the moment. */
        long size() throws IOException;

        /** Appends all of them; if it throws, some of them may be there. */
        void write(byte[] from, int offset, int length) throws IOException;

        /** Returns when all that was written would be there after a crash of the machine. */
        void force() throws IOException;

        /** Cuts off what stands behind so many bytes. */
        void truncate(long size) throws IOException;

        @Override
        void close() throws IOException;
    }

    Input open(String path) throws IOException;

    /** A new file, or an old one that is emptied; only this user may read it. */
    Output create(String path) throws IOException;

    /** A file that there is, or a new one; what is written goes behind what it has. */
    Output append(String path) throws IOException;

    /** Bytes of a file. */
    long size(String path) throws IOException;

    boolean isDirectory(String path);

    /** Makes a directory unless there is one; what it lies in must be there. */
    void makeDirectory(String path) throws IOException;

    /** The names in a directory, sorted. */
    List<String> list(String directory) throws IOException;

    /** Gives a file another name, in the place of the one that has it. */
    void rename(String from, String to) throws IOException;

    /** Removes a file or an empty directory, if there is one. */
    void delete(String path) throws IOException;

    /** Returns when the names in a directory would be there after a crash of the machine. */
    void forceDirectory(String path) throws IOException;

    /** Holds a file against other processes until it is closed, or this one ends; null if another holds it. */
    @Nullable
    Closeable lock(String path) throws IOException;

    /** Bytes that may still be written where this file or directory lies, about. */
    long usableBytes(String path) throws IOException;
}
