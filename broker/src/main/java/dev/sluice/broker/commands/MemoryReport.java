package dev.sluice.broker.commands;

import dev.sluice.broker.metric.MemoryUse;
import java.util.ArrayList;
import java.util.List;

/** MEMORY DOCTOR: what is unusual, judged by the limits that redis-server has, with what Java needs taken off. */
final class MemoryReport {
    private static final long MB = 1 << 20;
    private static final long JUDGED_FROM = 5 * MB;
    private static final long TOLERATED = 10 * MB;
    private static final long JAVA_BYTES = 128 * MB; // classes, compiled code, threads, buffers
    private static final long CLIENT_TOLERATED = 200 << 10;

    private MemoryReport() {}

    static String of(MemoryUse use) {
        if (use.used() < JUDGED_FROM) {
            return "There is too little data here to judge: less than 5 MiB.\n";
        }
        List<String> findings = new ArrayList<>();
        if (MemoryUse.ratio(use.peak(), use.used()) > 1.5) {
            findings.add("Peak: more than one and a half times as much was in use once. What was freed since is packed"
                    + " and given back by and by; MEMORY PURGE gives back at once what is free by now.");
        }
        long forData = use.resident() - use.heap() - JAVA_BYTES;
        if (isFar(forData, use.used(), 1.4)) {
            findings.add("Resident memory: beside the Java heap and what Java itself needs, the process takes more than"
                    + " 1.4 times what is in use.");
        }
        if (isFar(use.active(), use.allocated(), 1.1)) {
            findings.add("Fragmentation: extents have more than a tenth of room between blocks. Housekeeping moves"
                    + " blocks together while that is so; after many deletions that takes a while.");
        }
        if (isFar(use.held(), use.active(), 1.1)) {
            findings.add(
                    "Held memory: more than a tenth is kept ready but is in no arena. MEMORY PURGE gives it back.");
        }
        if (isFar(forData, use.held(), 1.1)) {
            findings.add(
                    "Outside the arenas: the process takes more than a tenth above what it holds for data, and that"
                            + " is not the Java heap. INFO memory has direct_bytes, the buffers of the wires.");
        }
        if (use.clients() / Math.max(1, use.connections()) > CLIENT_TOLERATED) {
            findings.add("Clients: more than 200 KiB are held for each on average. CLIENT LIST shows who sends or"
                    + " leaves unread so much (qbuf, omem).");
        }
        return findings.isEmpty()
                ? "Nothing is unusual about the memory of this broker.\n"
                : "What is unusual:\n\n- " + String.join("\n- ", findings) + "\n";
    }

    private static boolean isFar(long larger, long smaller, double ratio) {
        return MemoryUse.ratio(larger, smaller) > ratio && larger - smaller > TOLERATED;
    }
}
