package dev.sluice.broker.dispatch;

import dev.sluice.broker.command.Command;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ran how often and for how long: the figures of INFO commandstats, errorstats and latencystats and of the meters,
 * which read them here. Written on the keyspace loop alone; a reader on another thread may see the figures of a moment
 * ago.
 */
public final class CommandStatistics {
    private static final int SUB_BUCKETS = 8;
    private static final int BUCKETS = 64 * SUB_BUCKETS;
    private static final int ERROR_CODES_MAX = 128;

    /** The figures of one command; durations in nanoseconds. */
    public static final class Row {
        private final Command command;
        private long calls;
        private long nanos;
        private long rejected;
        private long failed;
        private int @Nullable [] histogram;

        private Row(Command command) {
            this.command = command;
        }

        public Command command() {
            return command;
        }

        public long calls() {
            return calls;
        }

        public long nanos() {
            return nanos;
        }

        /** Refused before it ran. */
        public long rejected() {
            return rejected;
        }

        /** Ran and answered an error. */
        public long failed() {
            return failed;
        }

        /** The duration below which a share (0 to 1) of the calls stayed, in nanoseconds, at most 12.5 % too high. */
        public long percentile(double share) {
            int[] counts = histogram;
            if (counts == null) {
                return 0;
            }
            long total = 0;
            for (int count : counts) {
                total += count;
            }
            long wanted = Math.max(1, (long) Math.ceil(total * share));
            for (int bucket = 0; bucket < counts.length; bucket++) {
                wanted -= counts[bucket];
                if (wanted <= 0) {
                    return upperEdge(bucket);
                }
            }
            return 0;
        }

        private void reset() {
            calls = 0;
            nanos = 0;
            rejected = 0;
            failed = 0;
            histogram = null;
        }
    }

    private final Row[] rows;
    private final Map<String, Long> errors = new LinkedHashMap<>();
    private long processed;
    private long errorReplies;

    public CommandStatistics(List<Command> commands) {
        rows = commands.stream().map(Row::new).toArray(Row[]::new);
    }

    void ran(Command command, long nanos, boolean failed) {
        Row row = rows[command.index()];
        row.calls++;
        row.nanos += nanos;
        if (failed) {
            row.failed++;
        }
        int[] histogram = row.histogram;
        if (histogram == null) {
            row.histogram = histogram = new int[BUCKETS];
        }
        histogram[bucket(nanos)]++;
        processed++;
    }

    void rejected(Command command) {
        rows[command.index()].rejected++;
    }

    void error(String code) {
        errorReplies++;
        if (errors.size() < ERROR_CODES_MAX || errors.containsKey(code)) {
            errors.merge(code, 1L, Long::sum);
        }
    }

    /** Log-linear: eight buckets for each power of two. */
    private static int bucket(long nanos) {
        if (nanos < SUB_BUCKETS) {
            return (int) Math.max(0, nanos);
        }
        int power = 63 - Long.numberOfLeadingZeros(nanos);
        return (power - 2) * SUB_BUCKETS + (int) (nanos >>> power - 3) - SUB_BUCKETS;
    }

    private static long upperEdge(int bucket) {
        if (bucket < SUB_BUCKETS) {
            return bucket;
        }
        int power = bucket / SUB_BUCKETS + 2;
        return (SUB_BUCKETS + bucket % SUB_BUCKETS + 1L << power - 3) - 1;
    }

    public List<Row> rows() {
        return Arrays.asList(rows);
    }

    public Row row(Command command) {
        return rows[command.index()];
    }

    /** Error replies by their code. */
    public Map<String, Long> errors() {
        return errors;
    }

    public long processed() {
        return processed;
    }

    public long errorReplies() {
        return errorReplies;
    }

    public void reset() {
        for (Row row : rows) {
            row.reset();
        }
        errors.clear();
        processed = 0;
        errorReplies = 0;
    }
}
