package dev.sluice.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the operating system tells of this process; zeros where it has no {@code /proc}. Read now and then on a thread
 * that may wait, for the keyspace loop must not.
 */
final class LocalProcess {
    private static final Path PROC = Path.of("/proc/self");
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, which is fixed on Linux
    private static final long PAGE_BYTES = 4096;
    private static final int USER_TICKS = 11; // fields of /proc/<pid>/stat after the name (proc_pid_stat(5))
    private static final int SYSTEM_TICKS = 12;

    /**
     * One look at the process.
     *
     * @param userSeconds processor time of the process in its own code
     * @param systemSeconds and in the system's
     * @param loopUserSeconds the same of the keyspace loop's thread alone
     */
    record Usage(
            long residentBytes,
            double userSeconds,
            double systemSeconds,
            double loopUserSeconds,
            double loopSystemSeconds) {
        static final Usage NONE = new Usage(0, 0, 0, 0, 0);
    }

    final long id = ProcessHandle.current().pid();
    final String executable = ProcessHandle.current().info().command().orElse("");
    final long machineBytes = machineMemory();
    final String system = "%s %s %s"
            .formatted(
                    System.getProperty("os.name"),
                    System.getProperty("os.version"),
                    System.getProperty("os.arch").replace("amd64", "x86_64"));
    private volatile @Nullable Path loopThread;
    private volatile Usage usage = Usage.NONE;

    /** The last look. */
    Usage usage() {
        return usage;
    }

    /** Says that the caller's thread is the keyspace loop's. */
    void loopIsHere() {
        try {
            loopThread = Path.of("/proc").resolve(Files.readSymbolicLink(Path.of("/proc/thread-self")));
        } catch (IOException | UnsupportedOperationException elsewhere) {
            loopThread = null;
        }
    }

    void look() {
        String[] memory = fields(PROC.resolve("statm"));
        long resident = memory.length > 1 ? Long.parseLong(memory[1]) * PAGE_BYTES : 0;
        String[] all = times(PROC);
        Path thread = loopThread;
        String[] loop = thread == null ? all : times(thread);
        usage = new Usage(
                resident,
                seconds(all, USER_TICKS),
                seconds(all, SYSTEM_TICKS),
                seconds(loop, USER_TICKS),
                seconds(loop, SYSTEM_TICKS));
    }

    private static String[] times(Path process) {
        String line = read(process.resolve("stat"));
        return line.substring(line.lastIndexOf(')') + 1).trim().split(" ");
    }

    private static double seconds(String[] fields, int index) {
        return fields.length > index ? Long.parseLong(fields[index]) / TICKS_PER_SECOND : 0;
    }

    private static String[] fields(Path file) {
        return read(file).trim().split("\\s+");
    }

    private static long machineMemory() {
        for (String line : read(Path.of("/proc/meminfo")).split("\n")) {
            String[] words = line.split("\\s+");
            if (words.length == 3
                    && words[0].equals("MemTotal:")
                    && words[2].toLowerCase(Locale.ROOT).equals("kb")) {
                return Long.parseLong(words[1]) * 1024;
            }
        }
        return 0;
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException notThere) {
            return "";
        }
    }
}
