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

    private static final int CONNECTIONS = 2;
    private static final int PIPELINE = 50;

    private MemberMemory() {}

    /** Bytes a member. */
    record Outcome(double used, double resident) {}

    /** Fills an empty server with so many members. */
    static Outcome fill(Target target, Kind kind, long members, long settleMillis) {
        try (Inquiry inquiry = new Inquiry(target)) {
            Pause.millis(settleMillis);
            long used = inquiry.usedMemoryBytes();
            long resident = ProcessFigures.residentBytes(target.pid());
            Shape shape = new Shape(kind.line, CONNECTIONS, PIPELINE, members, 1);
            try (ClosedLoop loop = new ClosedLoop(target, shape, false)) {
                Figures figures = loop.runOperations(members / Kind.EACH);
                if (figures.firstError() != null) {
                    throw new IllegalStateException("refused: " + figures.firstError());
                }
            }
            Pause.millis(settleMillis);
            return new Outcome(
                    (double) (inquiry.usedMemoryBytes() - used) / members,
                    (double) (ProcessFigures.residentBytes(target.pid()) - resident) / members);
        }
    }
}
