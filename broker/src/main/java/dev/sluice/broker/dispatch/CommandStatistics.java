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
    private static final int SUB_BUCKET_BITS = 7; // two significant digits
    private static final int SUB_BUCKETS = 1 << SUB_BUCKET_BITS;
    private static final long NANOS_MAX = 1_000_000_000; // a histogram holds longer ones as this
    private static final int BUCKETS = bucket(NANOS_MAX) + 1;
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

        /** Whether calls were timed one by one: those of a time when {@code latency-tracking} was on. */
        public boolean hasLatencies() {
            return histogram != null;
        }

        /** Calls that were timed one by one. */
        public long timed() {
            return atMost(NANOS_MAX);
        }

        /** How many of them ran at most so long, to two significant digits. */
        public long atMost(long nanos) {
            int[] counts = histogram;
            long sum = 0;
            for (int bucket = 0, end = bucket(nanos); counts != null && bucket <= end; bucket++) {
                sum += counts[bucket];
            }
            return sum;
        }

        /** The duration below which a share (0 to 1) of the calls stayed, in nanoseconds, to two significant digits. */
        public long percentile(double share) {
            int[] counts = histogram;
            if (counts == null) {
                return 0;
            }
            long total = timed();
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
    private boolean tracking = true;

    public CommandStatistics(List<Command> commands) {
        rows = commands.stream().map(Row::new).toArray(Row[]::new);
    }

    /** Whether calls are timed one by one from now on, for percentiles: {@code latency-tracking}. */
    public void track(boolean on) {
        tracking = on;
    }

    void ran(Command command, long nanos, boolean failed) {
        Row row = rows[command.index()];
        row.calls++;
        row.nanos += nanos;
        if (failed) {
            row.failed++;
        }
        if (tracking) {
            time(row, nanos);
        }
        processed++;
    }

    /** A call ran until it waits. */
    void waits(Command command, long nanos) {
        Row row = rows[command.index()];
        row.calls++;
        row.nanos += nanos;
        processed++;
    }

    /** A call that waited has ended: it had run {@code nanos}, and took {@code serving} more. */
    void served(Command command, long nanos, long serving, boolean failed) {
        Row row = rows[command.index()];
        row.nanos += serving;
        if (failed) {
            row.failed++;
        }
        if (tracking) {
            time(row, nanos + serving);
        }
    }

    private static void time(Row row, long nanos) {
        int[] histogram = row.histogram;
        if (histogram == null) {
            row.histogram = histogram = new int[BUCKETS];
        }
        histogram[bucket(nanos)]++;
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

    /** Log-linear: 128 buckets for each power of two, below 128 one for each nanosecond. */
    private static int bucket(long nanos) {
        long value = Math.clamp(nanos, 0, NANOS_MAX);
        int power = 63 - Long.numberOfLeadingZeros(value | SUB_BUCKETS);
        int shift = power - SUB_BUCKET_BITS;
        return shift * SUB_BUCKETS + (int) (value >>> shift);
    }

    private static long upperEdge(int bucket) {
        int shift = Math.max(0, bucket / SUB_BUCKETS - 1);
        return ((long) bucket - shift * SUB_BUCKETS + 1 << shift) - 1;
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
