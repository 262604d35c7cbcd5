package dev.sluice.clients.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Linux says of a process under {@code /proc}. Processor time is exact to a clock tick of 10 ms (USER_HZ is 100 on
 * all platforms of Linux that run Java), so measure for a second or more.
 */
final class ProcessFigures {
    private static final long MICROS_PER_TICK = 10_000;
    private static final int UTIME = 11;
    private static final int STIME = 12;

    private ProcessFigures() {}

    /** User and system time of all threads in microseconds; 0 if there is no such process. */
    static long cpuMicros(long pid) {
        String stat = text(pid, "stat");
        if (stat.isEmpty()) {
            return 0;
        }
        // The name is in parentheses and may hold blanks; the state is the first field behind it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_PER_TICK;
    }

    /** Resident memory in bytes; 0 if there is no such process. */
    static long residentBytes(long pid) {
        for (String line : text(pid, "status").split("\n")) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return 0;
    }

    /** How many files this process may have open. */
    static long openFilesMax() {
        for (String line : text(ProcessHandle.current().pid(), "limits").split("\n")) {
            if (line.startsWith("Max open files")) {
                String soft = line.substring("Max open files".length()).strip().split(" +")[0];
                return soft.equals("unlimited") ? Integer.MAX_VALUE : Long.parseLong(soft);
            }
        }
        return Integer.MAX_VALUE;
    }

    private static String text(long pid, String file) {
        if (pid <= 0) {
            return "";
        }
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            return "";
        }
    }
}
