package dev.sluice.broker;

import dev.sluice.broker.seam.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The file system of this machine. */
final class LocalDisk implements Disk {
    private static final int PIECE_BYTES = 256 * 1024; // each thread keeps a direct buffer of what it wrote at once

    private final Set<PosixFilePermission> permissions;

    /** Files that only this user may read. */
    LocalDisk() {
        this("rw-------");
    }

    /** @param permissions of new files, as {@code ls} shows them */
    LocalDisk(String permissions) {
        this.permissions = PosixFilePermissions.fromString(permissions);
    }

    @Override
    public byte[] read(String path) throws IOException {
        try {
            if (Files.isDirectory(Path.of(path))) {
                throw new IOException("Is a directory");
            }
            return Files.readAllBytes(Path.of(path));
        } catch (FileSystemException refused) {
            throw asStrerrorSays(refused);
        }
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(Path.of(path), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public boolean isDirectory(String path) {
        return Files.isDirectory(Path.of(path));
    }

    /** By way of a file beside it; what the directory says of the two must reach the disk as well. */
    @Override
    public void replace(String path, byte[] content) throws IOException {
        String fresh = path + "." + Long.toHexString(System.nanoTime());
        try {
            try (Output file = output(fresh, StandardOpenOption.CREATE_NEW)) {
                file.write(content, 0, content.length);
                file.force();
            }
            rename(fresh, path);
            forceDirectory(Path.of(path).resolveSibling("").toString());
        } catch (IOException refused) {
            Files.deleteIfExists(Path.of(fresh));
            throw refused;
        }
    }

    @Override
    public Input open(String path) throws IOException {
        try {
            if (Files.isDirectory(Path.of(path))) {
                throw new IOException("Is a directory");
            }
            FileChannel channel = FileChannel.open(Path.of(path), StandardOpenOption.READ);
            return new Reading(channel, channel.size());
        } catch (FileSystemException refused) {
            throw asStrerrorSays(refused);
        }
    }

    @Override
    public Output create(String path) throws IOException {
        return output(path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    @Override
    public Output append(String path) throws IOException {
        return output(path, StandardOpenOption.CREATE);
    }

    private Output output(String path, OpenOption... options) throws IOException {
        Set<OpenOption> all = new HashSet<>(Set.of(options));
        all.add(StandardOpenOption.WRITE);
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(permissions);
        try {
            FileChannel channel = FileChannel.open(Path.of(path), all, mode);
            channel.position(channel.size());
            return new Writing(channel);
        } catch (FileSystemException refused) {
            throw asStrerrorSays(refused);
        }
    }

    @Override
    public long size(String path) throws IOException {
        try {
            return Files.size(Path.of(path));
        } catch (FileSystemException refused) {
            throw asStrerrorSays(refused);
        }
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        if (Files.isDirectory(Path.of(path))) {
            return;
        }
        try {
            Files.createDirectory(
                    Path.of(path), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileSystemException refused) {
            throw asStrerrorSays(refused);
        }
    }

    @Override
    public List<String> list(String directory) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(directory))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (FileSystemException refused) {
            throw asStrerrorSays(refused);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        try {
            Files.move(Path.of(from), Path.of(to), StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException refused) {
            throw asStrerrorSays(refused);
        }
    }

    @Override
    public void delete(String path) throws IOException {
        try {
            Files.deleteIfExists(Path.of(path));
        } catch (FileSystemException refused) {
            throw asStrerrorSays(refused);
        }
    }

    @Override
    public void forceDirectory(String path) throws IOException {
        try (FileChannel directory = FileChannel.open(Path.of(path))) {
            directory.force(true);
        } catch (FileSystemException refused) {
            throw asStrerrorSays(refused);
        }
    }

    @Override
    public @Nullable Closeable lock(String path) throws IOException {
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(permissions);
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileChannel channel;
        try {
            channel = FileChannel.open(Path.of(path), options, mode);
        } catch (FileSystemException refused) {
            throw asStrerrorSays(refused);
        }
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            lock = null;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock == null ? null : channel; // with which the lock ends
    }

    @Override
    public long usableBytes(String path) throws IOException {
        return Files.getFileStore(Path.of(path)).getUsableSpace();
    }

    static IOException asStrerrorSays(FileSystemException refused) {
        String reason = switch (refused) {
            case NoSuchFileException missing -> "No such file or directory";
            case AccessDeniedException denied -> "Permission denied";
            case FileAlreadyExistsException there -> "File exists";
            case NotDirectoryException file -> "Not a directory";
            case DirectoryNotEmptyException full -> "Directory not empty";
            default -> refused.getReason() == null ? "Input/output error" : refused.getReason();
        };
        return new IOException(reason, refused);
    }

    private record Reading(FileChannel channel, long size) implements Input {
        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return channel.read(ByteBuffer.wrap(into, offset, Math.min(PIECE_BYTES, length)));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record Writing(FileChannel channel) implements Output {
        @Override
        public long size() throws IOException {
            return channel.position();
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            int end = offset + length;
            for (int at = offset; at < end; ) {
                at += channel.write(ByteBuffer.wrap(from, at, Math.min(PIECE_BYTES, end - at)));
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
            channel.position(size);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
