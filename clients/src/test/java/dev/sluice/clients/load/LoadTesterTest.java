package dev.sluice.clients.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.clients.TinyServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Each kind of load against a server of a few lines: what is counted must be what was asked for. */
class LoadTesterTest {
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final TinyServer server = new TinyServer();
    private final Target target =
            Target.local(server.port(), ProcessHandle.current().pid());

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"closed", "open", "publish", "handover", "expiring", "fill", "idle", "never-read", "compare"})
    void eachCommandExplainsItself(String command) {
        StringWriter said = new StringWriter();
        int code = LoadTester.commandLine().setOut(new PrintWriter(said, true)).execute(command, "--help");
        assertThat(code).isZero();
        assertThat(said.toString()).startsWith("Usage: load " + command).doesNotContain("Puts load");
    }

    @Test
    void aClosedLoopSendsAsManyRequestsAsItIsTold() {
        try (ClosedLoop loop = new ClosedLoop(target, new Shape("INCR counter", 3, 4, 1, 1), true)) {
            Figures figures = loop.runOperations(1_200);
            assertThat(figures.operations()).isEqualTo(1_200);
            assertThat(figures.latencies().getTotalCount()).isEqualTo(1_200);
            assertThat(figures.errors()).isZero();
            assertThat(loop.pauses().latencies().getTotalCount()).isPositive();
            assertThat(loop.runFor(ROUND_NANOS).operations()).isPositive();
        }
    }

    @Test
    void aClosedLoopReportsRefusalsAndAbsentValues() {
        try (ClosedLoop loop = new ClosedLoop(target, new Shape("NOSUCH x", 1, 1, 1, 1), false)) {
            Figures figures = loop.runOperations(10);
            assertThat(figures.errors()).isEqualTo(10);
            assertThat(figures.firstError()).startsWith("ERR unknown command");
        }
        try (ClosedLoop loop = new ClosedLoop(target, new Shape("GET nothing", 1, 2, 1, 1), false)) {
            assertThat(loop.runOperations(10).nulls()).isEqualTo(10);
        }
    }

    @Test
    void anOpenLoopSendsAtItsRate() {
        try (OpenLoop loop = new OpenLoop(target, new Shape("PING", 2, 1, 1, 1))) {
            Figures figures = loop.runFor(ROUND_NANOS, 5_000);
            assertThat(figures.operations()).isEqualTo(500);
            assertThat(figures.latencies().getTotalCount()).isEqualTo(figures.operations());
        }
    }

    @Test
    void aFanOutCountsEveryDelivery() {
        try (FanOut fanOut = new FanOut(target, 3, 2, 40)) {
            Figures figures = fanOut.runFor(ROUND_NANOS);
            assertThat(figures.operations()).isPositive();
            assertThat(figures.operations() % 3).isZero();
            assertThat(figures.latencies().getTotalCount()).isPositive();
            assertThat(figures.errors()).isZero();
        }
    }

    @Test
    void aListWorkloadFindsEnoughElements() {
        Shape shape = new Shape("", 2, 4, 100, 1);
        try (Side side = new Side(target, Workload.of("rpop"), shape, 8)) {
            side.round(ROUND_NANOS / 10);
            assertThat(side.round(ROUND_NANOS / 10).errors()).isZero();
        }
        assertThat(server.requests).anyMatch(request -> request.get(0).equals("RPUSH") && request.size() == 102);
    }

    @Test
    void memoryFillWritesEveryKeyOnceInOrder() {
        MemoryFill.Outcome outcome = new MemoryFill(target, 200, 5, 1).run();
        assertThat(outcome.fill().operations()).isEqualTo(200);
        assertThat(outcome.residentFilled()).isPositive();
        assertThat(server.requests.stream()
                        .filter(r -> r.get(0).equals("SET") && r.get(1).startsWith("key:"))
                        .limit(200)
                        .map(r -> r.get(1))
                        .distinct())
                .hasSize(200);
    }

    @Test
    void idleConnectionsAreOpenedAndPinged() {
        assertThat(IdleConnections.open(target, 20, 1).connections()).isEqualTo(20);
        assertThat(server.requests.stream().filter(request -> request.equals(List.of("PING"))))
                .hasSizeGreaterThanOrEqualTo(20);
    }

    @Test
    void aServerThatClosesEndsTheRunWithAMessage() {
        try (ClosedLoop loop = new ClosedLoop(target, new Shape("PING", 1, 1, 1, 1), false)) {
            loop.runOperations(1);
            server.dropConnections();
            assertThatThrownBy(() -> loop.runOperations(1_000_000)).hasMessageContaining("closed a connection");
        }
    }

    @Test
    void theCommandLineRunsARequestOfOnesOwn() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        java.io.PrintStream was = System.out;
        System.setOut(new java.io.PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            int exit = LoadTester.commandLine()
                    .execute(
                            "closed",
                            "--port",
                            "" + server.port(),
                            "--connections",
                            "2",
                            "--seconds",
                            "0.1",
                            "--warm-up",
                            "0",
                            "ECHO",
                            "{data:7}");
            assertThat(exit).isZero();
        } finally {
            System.setOut(was);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("p99.9");
        assertThat(server.requests).contains(List.of("ECHO", "xxxxxxx"));
    }

    @Test
    void anUnknownSectionIsNamed() {
        StringWriter errors = new StringWriter();
        CommandLine line = LoadTester.commandLine().setErr(new PrintWriter(errors));
        assertThat(line.execute("compare", "--candidate", "none", "--sections", "memory,nosuch"))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("no such section: nosuch");
    }
}
