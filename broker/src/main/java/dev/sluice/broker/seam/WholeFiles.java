package dev.sluice.broker.seam;

import java.io.IOException;

/** Small files, each read or written at once. Paths are absolute; an exception's message is strerror's. */
public interface WholeFiles {
    /** A file's bytes; {@code No such file or directory} if there is none. */
    byte[] read(String path) throws IOException;

    /** Whether there is a file, a directory or anything else of this name. */
    boolean exists(String path);

    /** Gives a file another content or makes it: durably, and whoever reads it sees all of the old one or of the new. */
    void replace(String path, byte[] content) throws IOException;
}
