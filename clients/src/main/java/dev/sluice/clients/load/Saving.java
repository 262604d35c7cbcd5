package dev.sluice.clients.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A dataset that is written to its file while clients send GET and SET at a fixed rate, and read again. */
final class Saving {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int QUIET_SLICES = 20;

    private final Comparison.Contender contender;
    private final Path directory;
    private final Shape shape;
    private final double rate;
    private final int payloadBytes;

    /**
     * @param directory empty; what is in it stays
     * @param shape of the clients, and how many keys there are
     * @param rate their requests a second
     */
    Saving(Comparison.Contender contender, Path directory, Shape shape, double rate, int payloadBytes) {
        this.contender = contender;
        this.directory = directory;
        this.shape = shape;
        this.rate = rate;
        this.payloadBytes = payloadBytes;
    }

    /** {@code before} and {@code during} BGSAVE, how long that took, and from a start to the first PONG with its file. */
    record Outcome(Figures before, Figures during, double saveSeconds, long fileBytes, double loadSeconds) {
        double ratio(double percent) {
            return during.micros(percent) / before.micros(percent);
        }
    }

    Outcome run() {
        String inDirectory = "--dir " + directory;
        Figures before;
        Figures during;
        double saveSeconds;
        try (ServerProcess server = contender.start(inDirectory)) {
            Side.send(server.target(), Workload.withPayload("SET key:{seq} DATA", payloadBytes), shape.keys());
            List<String> lines = List.of("GET key:{rand}", Workload.withPayload("SET key:{rand} DATA", payloadBytes));
            try (Inquiry inquiry = new Inquiry(server.target());
                    OpenLoop loop = new OpenLoop(server.target(), shape, lines)) {
                loop.runFor(QUIET_SLICES * SLICE_NANOS, rate);
                before = loop.runFor(QUIET_SLICES * SLICE_NANOS, rate);
                long start = System.nanoTime();
                inquiry.beginSave();
                during = loop.runFor(SLICE_NANOS, rate);
                while (inquiry.isSaving()) {
                    during = during.plus(loop.runFor(SLICE_NANOS, rate));
                }
                saveSeconds = (System.nanoTime() - start) / 1e9;
                inquiry.endWithoutSaving();
            }
        }
        try (ServerProcess again = contender.start(inDirectory)) {
            double loadSeconds = again.millisToFirstPong() / 1e3;
            try (Inquiry inquiry = new Inquiry(again.target())) {
                if (inquiry.keys() < shape.keys()) {
                    throw new IllegalStateException("only " + inquiry.keys() + " keys came back");
                }
                inquiry.endWithoutSaving();
            }
            return new Outcome(before, during, saveSeconds, fileBytes(), loadSeconds);
        }
    }

    private long fileBytes() {
        try {
            return Files.size(directory.resolve("dump.rdb"));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
