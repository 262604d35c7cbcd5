package dev.sluice.clients.load;

/**
 * Writes a number of keys, one by one in order, then overwrites as many at random, with a probe beside it. Few
 * connections, so that a ping waits for little that is not a pause. A server that compiles its code while it runs is
 * warmed up first, with keys that are gone before the first figure.
 */
final class MemoryFill {
    private static final int CONNECTIONS = 4;
    private static final int PIPELINE = 50;
    private static final long WARM_UP_OPERATIONS = 500_000;
    private static final long WARM_UP_KEYS = 1_000;

    private final Target target;
    private final long keys;
    private final int payloadBytes;
    private final long settleMillis;

    /** Resident memory in bytes, and what the probe saw. */
    record Outcome(
            long residentEmpty,
            long residentFilled,
            long residentOverwritten,
            Figures fill,
            PingProbe.Pauses fillPauses,
            Figures overwrite,
            PingProbe.Pauses overwritePauses) {}

    MemoryFill(Target target, long keys, int payloadBytes, long settleMillis) {
        this.target = target;
        this.keys = keys;
        this.payloadBytes = payloadBytes;
        this.settleMillis = settleMillis;
    }

    Outcome run() {
        long empty = ProcessFigures.residentBytes(target.pid());
        warmUp();
        try (ClosedLoop fill = loop("SET key:{seq} DATA", keys);
                ClosedLoop overwrite = loop("SET key:{rand} DATA", keys)) {
            Figures filled = fill.runOperations(keys);
            long residentFilled = residentSettled();
            Figures overwritten = overwrite.runOperations(keys);
            if (filled.firstError() != null || overwritten.firstError() != null) {
                throw new IllegalStateException("refused: " + filled.firstError() + " / " + overwritten.firstError());
            }
            return new Outcome(
                    empty, residentFilled, residentSettled(), filled, fill.pauses(), overwritten, overwrite.pauses());
        }
    }

    private void warmUp() {
        try (ClosedLoop loop = loop("SET warm:{rand} DATA", WARM_UP_KEYS)) {
            loop.runOperations(Math.min(WARM_UP_OPERATIONS, keys));
        }
        Side.send(target, "FLUSHALL", 1);
    }

    private ClosedLoop loop(String line, long keys) {
        Shape shape = new Shape(Workload.withPayload(line, payloadBytes), CONNECTIONS, PIPELINE, keys, 1);
        return new ClosedLoop(target, shape, true);
    }

    private long residentSettled() {
        Pause.millis(settleMillis);
        return ProcessFigures.residentBytes(target.pid());
    }
}
