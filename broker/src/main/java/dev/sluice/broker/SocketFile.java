package dev.sluice.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of {@code unixsocket}: it is there while somebody listens, and longer only after a crash. */
record SocketFile(Path path) {
    private static final Logger log = LoggerFactory.getLogger(SocketFile.class);

    /** What a process that crashed has left would be in the way. */
    void clear() throws IOException {
        Files.deleteIfExists(path);
    }

    /** As an octal number says it; 0 leaves what the process creates files with. */
    void permit(int mode) throws IOException {
        if (mode != 0) {
            Files.setPosixFilePermissions(path, permissions(mode));
        }
    }

    /** From the nine bits of a mode: the highest is the owner's right to read. */
    static Set<PosixFilePermission> permissions(int mode) {
        PosixFilePermission[] fromHighest = PosixFilePermission.values();
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < fromHighest.length; i++) {
            if ((mode >> fromHighest.length - 1 - i & 1) == 1) {
                set.add(fromHighest[i]);
            }
        }
        return set;
    }

    void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException stays) {
            log.warn("Error removing the unix socket file: {}", stays.getMessage());
        }
    }
}
