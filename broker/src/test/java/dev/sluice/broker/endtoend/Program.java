package dev.sluice.broker.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A program of this machine that runs beside the broker. What it says on either stream is read line by line. */
final class Program implements AutoCloseable {
    private static final long SECONDS_MAX = 60;
    private static final String LOCALE = "C.UTF-8";

    private final List<String> words;
    private final Process process;
    private final BufferedReader said;
    private final List<String> lines = new ArrayList<>();
    private final Thread guard;

    private Program(List<String> words, Process process) {
        this.words = words;
        this.process = process;
        this.said = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        this.guard = Thread.ofVirtual().start(this::endInTime);
    }

    /** Skips the calling test with one line if a program is missing; fails it where the build promised all of them. */
    static void assumeThat(boolean present, String missing) {
        if (!present && Boolean.getBoolean("sluice.clients.required")) {
            throw new AssertionError(missing);
        }
        assumeTrue(present, "skipped: " + missing);
    }

    /** Whether a program is there and ends well. */
    static boolean succeeds(String... words) {
        try (Program program = start(words)) {
            return program.rest() == 0;
        } catch (UncheckedIOException absent) {
            return false;
        }
    }

    /** Reads what it says to its end, which is to be {@code done}, and closes it. */
    void endsDone(Consumer<String> onLine) {
        try (this) {
            String last = "";
            for (String line = line(); line != null; line = line()) {
                onLine.accept(line);
                last = line;
            }
            assertThat(rest()).as(said()).isZero();
            assertThat(last).as(said()).isEqualTo("done");
        }
    }

    static Program start(String... words) {
        return start(List.of(words), Path.of("").toAbsolutePath());
    }

    static Program start(List<String> words, Path directory) {
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("LC_ALL", LOCALE);
        try {
            return new Program(words, builder.start());
        } catch (IOException absent) {
            throw new UncheckedIOException(absent);
        }
    }

    private void endInTime() {
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException closed) {
            // close() ends the process by itself.
        }
    }

    /** Hands bytes to the program. */
    Program type(String text) {
        try {
            process.getOutputStream().write(text.getBytes(UTF_8));
            process.getOutputStream().flush();
            return this;
        } catch (IOException gone) {
            throw failure("does not read any more", gone);
        }
    }

    /** The next line, or null at the end. */
    String line() {
        try {
            String line = said.readLine();
            if (line != null) {
                lines.add(line);
            }
            return line;
        } catch (IOException gone) {
            throw failure("cannot be read", gone);
        }
    }

    /** Reads all that is left and waits for the end; the exit code. */
    int rest() {
        while (line() != null) {}
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw failure("was not waited for", e);
        }
    }

    /** What was read so far. */
    String said() {
        return String.join("\n", lines);
    }

    private AssertionError failure(String what, Throwable cause) {
        return new AssertionError(String.join(" ", words) + " " + what + ":\n" + said(), cause);
    }

    @Override
    public void close() {
        guard.interrupt();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
