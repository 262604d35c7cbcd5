package dev.sluice.broker;

import dev.sluice.broker.config.Host;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private static final int NAME_BYTES_MAX = 255;

    private final LocalDisk files = new LocalDisk("rw-r--r--");

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
        return files.read(path);
    }

    @Override
    public boolean exists(String path) {
        return files.exists(path);
    }

    @Override
    public void replace(String path, byte[] content) throws IOException {
        files.replace(path, content);
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
