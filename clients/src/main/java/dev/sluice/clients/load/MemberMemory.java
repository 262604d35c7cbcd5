package dev.sluice.clients.load;

/** Memory of collections: what the server counts as used, and what is resident, before and after they are filled. */
final class MemberMemory {
    /** What is filled; members, fields, values and elements have 16 bytes. */
    enum Kind {
        SET("set", "SADD bench:members" + " mem:{seq}".repeat(Kind.EACH)),
        HASH("hash", "HSET bench:members" + " mem:{seq} {data:16}".repeat(Kind.EACH)),
        LIST("list", "RPUSH bench:members" + " mem:{seq}".repeat(Kind.EACH)),
        SORTED_SET("sorted set", "ZADD bench:members" + " {rand} mem:{seq}".repeat(Kind.EACH)),
        SMALL_HASHES("hashes of 10", "HSET bench:{seq}" + smallHash());

        private static final int EACH = 10;

        final String title;
        private final String line;

        Kind(String title, String line) {
            this.title = title;
            this.line = line;
        }

        private static String smallHash() {
            StringBuilder fields = new StringBuilder();
            for (int i = 0; i < EACH; i++) {
                fields.append(" field:000000000").append(i).append(" {data:16}");
            }
            return fields.toString();
        }
    }

    private static final long WARM_UP_OPERATIONS = 500_000;
    private static final long WARM_UP_KEYS = 1_000;
    private static final int CONNECTIONS = 2;
    private static final int PIPELINE = 50;

    private MemberMemory() {}

    /** Bytes a member. */
    record Outcome(double used, double resident) {}

    /** Fills an empty server with so many members. What a server needs that compiles its code is there before. */
    static Outcome fill(Target target, Kind kind, long members, long settleMillis) {
        send(target, "SET warm:{rand} {data:16}", WARM_UP_KEYS, Math.min(WARM_UP_OPERATIONS, members));
        Side.send(target, "FLUSHALL", 1);
        try (Inquiry inquiry = new Inquiry(target)) {
            Pause.millis(settleMillis);
            long used = inquiry.usedMemoryBytes();
            long resident = ProcessFigures.residentBytes(target.pid());
            send(target, kind.line, members, members / Kind.EACH);
            Pause.millis(settleMillis);
            return new Outcome(
                    (double) (inquiry.usedMemoryBytes() - used) / members,
                    (double) (ProcessFigures.residentBytes(target.pid()) - resident) / members);
        }
    }

    private static void send(Target target, String line, long numbers, long times) {
        try (ClosedLoop loop = new ClosedLoop(target, new Shape(line, CONNECTIONS, PIPELINE, numbers, 1), false)) {
            Figures figures = loop.runOperations(times);
            if (figures.firstError() != null) {
                throw new IllegalStateException("refused: " + figures.firstError());
            }
        }
    }
}
