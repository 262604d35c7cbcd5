package dev.sluice.clients.load;

import java.util.List;

/**
 * A database that grows, shrinks and grows again, ten keys a request, at a fixed rate: whoever writes and deletes must
 * not notice that tables grow and shrink.
 */
final class Growth implements AutoCloseable {
    private static final int KEYS_EACH = 10;
    private static final long WARM_UP_KEYS = 100_000;

    /** One way through all keys. */
    enum Phase {
        FILL("MSET", " grow:{seq} DATA"),
        DELETE("DEL", " grow:{seq}"),
        FILL_AGAIN("MSET", " grow:{seq} DATA");

        private final String line;

        Phase(String command, String argument) {
            line = command + argument.repeat(KEYS_EACH);
        }
    }

    private final Target target;
    private final Shape shape;
    private final int payloadBytes;
    private final List<OpenLoop> loops;

    /** {@code shape.keys()} keys are written and deleted by {@code shape.connections()} connections. */
    Growth(Target target, Shape shape, int payloadBytes) {
        this.target = target;
        this.shape = shape;
        this.payloadBytes = payloadBytes;
        this.loops = List.of(loop(Phase.FILL), loop(Phase.DELETE));
    }

    /** Requests a second that the server takes of those that write, for each connection has one under way. */
    double saturation(long nanos) {
        Shape few = new Shape(line(Phase.FILL), shape.connections(), 1, WARM_UP_KEYS, 1);
        try (ClosedLoop loop = new ClosedLoop(target, few, false)) {
            loop.runFor(nanos);
            double perSecond = loop.runFor(nanos).perSecond();
            Side.send(target, "FLUSHALL", 1);
            return perSecond;
        }
    }

    Figures run(Phase phase, double rate) {
        OpenLoop loop = loops.get(phase == Phase.DELETE ? 1 : 0);
        return loop.runOperations(shape.keys() / KEYS_EACH, rate);
    }

    private OpenLoop loop(Phase phase) {
        return new OpenLoop(target, shape.withLine(line(phase)));
    }

    private String line(Phase phase) {
        return Workload.withPayload(phase.line, payloadBytes);
    }

    @Override
    public void close() {
        loops.forEach(OpenLoop::close);
    }
}
