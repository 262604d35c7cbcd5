package dev.sluice.broker.config;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One processor and no files. */
final class NoHost implements Host {
    @Override
    public int processors() {
        return 1;
    }

    @Override
    public String workingDirectory() {
        return "/";
    }

    @Override
    public @Nullable String directoryProblem(String path) {
        return null;
    }

    @Override
    public @Nullable String appendProblem(String path) {
        return null;
    }

    @Override
    public byte[] read(String path) throws IOException {
        throw new IOException("No such file or directory");
    }

    @Override
    public boolean exists(String path) {
        return false;
    }

    @Override
    public void replace(String path, byte[] content) throws IOException {
        throw new IOException("Read-only file system");
    }

    @Override
    public List<String> glob(String pattern) {
        return List.of();
    }

    @Override
    public byte[] standardInput() {
        return new byte[0];
    }
}
