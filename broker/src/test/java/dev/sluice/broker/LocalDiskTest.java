package dev.sluice.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.sluice.broker.seam.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDiskTest {
    private final LocalDisk disk = new LocalDisk();

    @TempDir
    private Path directory;

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private static void write(Disk.Output file, String text) throws IOException {
        file.write(text.getBytes(ISO_8859_1), 0, text.length());
    }

    @Test
    void appendsCutsAndReads() throws IOException {
        try (Disk.Output file = disk.append(path("a"))) {
            write(file, "one");
            file.force();
        }
        try (Disk.Output file = disk.append(path("a"))) {
            assertThat(file.size()).isEqualTo(3);
            write(file, "twoandahalf");
            file.truncate(6);
            write(file, "three");
        }
        try (Disk.Input file = disk.open(path("a"))) {
            byte[] bytes = new byte[20];
            assertThat(file.size()).isEqualTo(11);
            assertThat(file.read(bytes, 0, 20)).isEqualTo(11);
            assertThat(new String(bytes, 0, 11, ISO_8859_1)).isEqualTo("onetwothree");
            assertThat(file.read(bytes, 0, 20)).isEqualTo(-1);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("a"))))
                .isEqualTo("rw-------");
    }

    @Test
    void knowsNames() throws IOException {
        disk.makeDirectory(path("sub"));
        disk.makeDirectory(path("sub"));
        disk.create(path("sub/b")).close();
        disk.create(path("sub/a")).close();
        disk.rename(path("sub/b"), path("sub/c"));
        disk.forceDirectory(path("sub"));
        assertThat(disk.list(path("sub"))).containsExactly("a", "c");
        disk.delete(path("sub/a"));
        disk.delete(path("sub/a"));
        assertThat(disk.exists(path("sub/a"))).isFalse();
        assertThat(disk.isDirectory(path("sub"))).isTrue();
        assertThat(disk.usableBytes(path("sub"))).isPositive();
    }

    @Test
    void saysWhatStrerrorDoes() {
        assertThatIOException().isThrownBy(() -> disk.open(path("none"))).withMessage("No such file or directory");
        assertThatIOException().isThrownBy(() -> disk.open(path(""))).withMessage("Is a directory");
        assertThatIOException().isThrownBy(() -> disk.create(path("no/a"))).withMessage("No such file or directory");
        assertThatIOException()
                .isThrownBy(() -> disk.rename(path("a"), path("b")))
                .withMessage("No such file or directory");
    }

    @Test
    void locksAgainstASecondTime() throws IOException {
        try (Closeable lock = disk.lock(path("lock"))) {
            assertThat(lock).isNotNull();
            assertThat(disk.lock(path("lock"))).isNull();
        }
        try (Closeable lock = disk.lock(path("lock"))) {
            assertThat(lock).isNotNull();
        }
    }
}
