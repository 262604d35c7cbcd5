package dev.sluice.broker;

import dev.sluice.broker.config.Host;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The machine that the process runs on. */
final class LocalHost implements Host {
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
        } catch (NoSuchFileException missing) {
            throw new IOException("No such file or directory", missing);
        } catch (AccessDeniedException denied) {
            throw new IOException("Permission denied", denied);
        }
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
