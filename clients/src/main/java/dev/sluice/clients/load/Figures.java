package dev.sluice.clients.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a run measured. {@code operations} are replies, or deliveries of a fan-out; {@code latencies} in nanoseconds;
 * CPU in microseconds of the whole process. {@code nulls} are replies that found nothing.
 */
record Figures(
        long operations,
        long nanos,
        Histogram latencies,
        long serverCpuMicros,
        long clientCpuMicros,
        long errors,
        long nulls,
        @Nullable String firstError) {

    double perSecond() {
        return operations * 1e9 / nanos;
    }

    double serverMicrosPerOperation() {
        return operations == 0 ? 0 : (double) serverCpuMicros / operations;
    }

    double clientMicrosPerOperation() {
        return operations == 0 ? 0 : (double) clientCpuMicros / operations;
    }

    /** Share of one core that the load tester used. */
    double clientCore() {
        return clientCpuMicros * 1e3 / nanos;
    }

    double serverCore() {
        return serverCpuMicros * 1e3 / nanos;
    }

    /** Microseconds below which {@code percent} of the latencies lie. */
    double micros(double percent) {
        return latencies.getValueAtPercentile(percent) / 1e3;
    }

    double longestMillis() {
        return latencies.getMaxValue() / 1e6;
    }

    /** Both runs as one: sums, and the latencies of both. */
    Figures plus(Figures that) {
        Histogram both = latencies.copy();
        both.add(that.latencies);
        return new Figures(
                operations + that.operations,
                nanos + that.nanos,
                both,
                serverCpuMicros + that.serverCpuMicros,
                clientCpuMicros + that.clientCpuMicros,
                errors + that.errors,
                nulls + that.nulls,
                firstError != null ? firstError : that.firstError);
    }

    /** Nothing yet: up to a minute, three digits. */
    static Histogram histogram() {
        Histogram histogram = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        histogram.setAutoResize(true);
        return histogram;
    }

    /** Notes the clocks at the start of a run, so that {@link #stop} can tell what passed. */
    static final class Stopwatch {
        private final long server;
        private final long cpuServer;
        private final long cpuClient =
                ProcessFigures.cpuMicros(ProcessHandle.current().pid());
        private final long start = System.nanoTime();

        Stopwatch(Target target) {
            server = target.pid();
            cpuServer = ProcessFigures.cpuMicros(server);
        }

        long start() {
            return start;
        }

        Figures stop(long operations, Histogram latencies, long errors, long nulls, @Nullable String firstError) {
            long nanos = System.nanoTime() - start;
            return new Figures(
                    operations,
                    nanos,
                    latencies,
                    ProcessFigures.cpuMicros(server) - cpuServer,
                    ProcessFigures.cpuMicros(ProcessHandle.current().pid()) - cpuClient,
                    errors,
                    nulls,
                    firstError);
        }
    }
}
