package dev.sluice.broker;

import dev.sluice.broker.config.Host;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The machine that the process runs on. */
final class LocalHost implements Host {
    private static final int NAME_BYTES_MAX = 255;

    @Override
    public int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public String workingDirectory() {
        return Path.of("").toAbsolutePath().toString();
    }

    @Override
    public @Nullable String directoryProblem(String path) {
        Path directory = Path.of(path);
        for (Path step : directory) {
            if (step.toString().getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
                return "File name too long";
            }
        }
        if (!Files.exists(directory)) {
            return "No such file or directory";
        }
        if (!Files.isDirectory(directory)) {
            return "Not a directory";
        }
        return Files.isExecutable(directory) ? null : "Permission denied";
    }

    @Override
    public @Nullable String appendProblem(String path) {
        Path file = Path.of(path);
        Path parent = file.getParent();
        if (Files.isDirectory(file)) {
            return "Is a directory";
        }
        if (parent != null && directoryProblem(parent.toString()) != null) {
            return directoryProblem(parent.toString());
        }
        boolean writable = Files.exists(file) ? Files.isWritable(file) : parent == null || Files.isWritable(parent);
        return writable ? null : "Permission denied";
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

    /** By way of a file beside it; what the directory says of the two must reach the disk as well. */
    @Override
    public void replace(String path, byte[] content) throws IOException {
        Path file = Path.of(path);
        Path fresh = Path.of(path + "." + Long.toHexString(System.nanoTime()));
        try {
            write(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
                directory.force(true);
            }
        } catch (FileSystemException refused) {
            Files.deleteIfExists(fresh);
            throw asStrerrorSays(refused);
        }
    }

    private static void write(Path fresh, byte[] content) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));
        try (FileChannel channel = FileChannel.open(fresh, options, mode)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    private static IOException asStrerrorSays(FileSystemException refused) {
        String reason = switch (refused) {
            case NoSuchFileException missing -> "No such file or directory";
            case AccessDeniedException denied -> "Permission denied";
            case FileAlreadyExistsException there -> "File exists";
            default -> refused.getReason() == null ? "Input/output error" : refused.getReason();
        };
        return new IOException(reason, refused);
    }

    /** Wildcards in the last step of the path only. */
    @Override
    public List<String> glob(String pattern) {
        Path path = Path.of(pattern);
        Path parent = path.getParent();
        Path last = path.getFileName();
        List<String> files = new ArrayList<>();
        if (parent == null || last == null) {
            return files;
        }
        try (DirectoryStream<Path> matches = Files.newDirectoryStream(parent, last.toString())) {
            matches.forEach(match -> files.add(match.toString()));
        } catch (NoSuchFileException | NotDirectoryException nothing) {
            return files;
        } catch (IOException unreadable) {
            return List.of(); // as the shell's: what cannot be listed matches nothing
        }
        Collections.sort(files);
        return files;
    }

    @Override
    public byte[] standardInput() throws IOException {
        return System.in.readAllBytes();
    }
}
