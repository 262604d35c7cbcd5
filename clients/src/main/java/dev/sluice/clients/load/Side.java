package dev.sluice.clients.load;

import dev.sluice.clients.load.Workload.Step;
import java.util.List;

/** One server under one workload: prepares it, keeps its connections open, runs rounds. */
final class Side implements AutoCloseable {
    /** What a server is taken to do before it has shown its pace. */
    private static final double PER_SECOND_AT_FIRST = 2_000_000;

    private static final double MARGIN = 2;
    private static final int FILL_CONNECTIONS = 2;
    private static final int FILL_PIPELINE = 50;

    private final Target target;
    private final Workload workload;
    private final Shape shape;
    private final int payloadBytes;
    private final ClosedLoop loop;
    private double perSecond = PER_SECOND_AT_FIRST;

    /** {@code shape.line()} is not used: the workload has its own. */
    Side(Target target, Workload workload, Shape shape, int payloadBytes) {
        this.target = target;
        this.workload = workload;
        this.shape = shape;
        this.payloadBytes = payloadBytes;
        prepare(workload.once(), 0);
        loop = new ClosedLoop(target, shape.withLine(Workload.withPayload(workload.line(), payloadBytes)), false);
    }

    /** One round. Its pace decides how much the next one prepares. */
    Figures round(long nanos) {
        prepare(workload.eachRound(), (long) (perSecond * nanos / 1e9 * MARGIN));
        Figures figures = loop.runFor(nanos);
        perSecond = figures.perSecond();
        return figures;
    }

    private void prepare(List<Step> steps, long operationsExpected) {
        for (Step step : steps) {
            send(target, Workload.withPayload(step.line(), payloadBytes), step.times(shape.keys(), operationsExpected));
        }
    }

    /** Sends a request {@code times} times, with ascending numbers, and stops at the first error. */
    static void send(Target target, String line, long times) {
        boolean many = times > FILL_PIPELINE;
        Shape shape = new Shape(line, many ? FILL_CONNECTIONS : 1, many ? FILL_PIPELINE : 1, times, 1);
        try (ClosedLoop loop = new ClosedLoop(target, shape, false)) {
            Figures figures = loop.runOperations(times);
            if (figures.firstError() != null) {
                throw new IllegalStateException(line + ": " + figures.firstError());
            }
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
