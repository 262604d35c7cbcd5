package dev.sluice.broker.endtoend;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * ioredis, node-redis and redis-py, each in its own language, one scenario a run. A script that wants the broker to end
 * and come back says {@code restart}, and reads a line when that is done; {@code done} is the last thing it says.
 */
@Tag("clients")
class ScriptedClientsTest {
    private static final Path PYTHON = Path.of("src/test/python").toAbsolutePath();
    /** The python of the PATH may be another than the one that Debian's package installs for. */
    private static final List<String> PYTHONS = Stream.of("python3", "/usr/bin/python3")
            .filter(python -> Program.succeeds(python, "-c", "import redis"))
            .toList();

    private enum Scenario {
        HANDSHAKE,
        STRINGS,
        BITMAPS,
        KEYS,
        LISTS,
        SORTED_SETS,
        SERVER,
        PIPELINE,
        PUBSUB,
        BLOCKING,
        TRANSACTION,
        RECONNECT,
        AUTH;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final RestartableBroker broker = RestartableBroker.start();

    @AfterEach
    void close() {
        broker.close();
    }

    @ParameterizedTest
    @EnumSource
    void ioredisWithResp2(Scenario scenario) {
        node("ioredis.mjs", 2, scenario);
    }

    @ParameterizedTest
    @EnumSource
    void ioredisWithResp3(Scenario scenario) {
        node("ioredis.mjs", 3, scenario);
    }

    @ParameterizedTest
    @EnumSource
    void nodeRedisWithResp2(Scenario scenario) {
        node("node-redis.mjs", 2, scenario);
    }

    @ParameterizedTest
    @EnumSource
    void nodeRedisWithResp3(Scenario scenario) {
        node("node-redis.mjs", 3, scenario);
    }

    @ParameterizedTest
    @EnumSource
    void redisPy(Scenario scenario) {
        Program.assumeThat(!PYTHONS.isEmpty(), "redis-py is not installed: apt-get install python3-redis");
        run(Program.start(
                List.of(
                        PYTHONS.getFirst(),
                        PYTHON.resolve("redis_py.py").toString(),
                        "" + broker.port(),
                        scenario.word()),
                PYTHON));
    }

    private void node(String script, int protocol, Scenario scenario) {
        run(NodeScripts.start(script, "" + broker.port(), "" + protocol, scenario.word()));
    }

    private void run(Program program) {
        program.endsDone(line -> {
            if (line.equals("restart")) {
                broker.restart();
                program.type("restarted\n");
            }
        });
    }
}
