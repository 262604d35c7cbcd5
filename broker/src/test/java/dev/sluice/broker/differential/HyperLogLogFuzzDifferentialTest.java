package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** HyperLogLogs of which a byte was changed, or the end lost: both servers say the same of them, and nobody is harmed. */
@Tag("differential")
class HyperLogLogFuzzDifferentialTest {
    private static final int ROUNDS = 1_500;
    private static final int LONG_RUN_FIRST = 0x40;

    private final long seed = Long.getLong("sluice.seed", 1);
    private final Random random = new Random(seed);

    @Test
    void mutatedOnesAreAnsweredAlike() throws IOException {
        RedisServer.assumeInstalled();
        try (RedisServer reference = RedisServer.start();
                Subject subject = Subject.start();
                RawConnection there = RawConnection.open(reference.target());
                RawConnection here = RawConnection.open(subject.target())) {
            for (int round = 0; round < ROUNDS * Integer.getInteger("sluice.scale", 1); round++) {
                byte[] mutated = mutated(made(there));
                for (List<byte[]> command : commands(mutated)) {
                    assertThat(ask(here, command))
                            .as("sluice.seed=%d, round %d", seed, round)
                            .isEqualTo(ask(there, command));
                }
            }
        }
    }

    private byte[] made(RawConnection connection) throws IOException {
        ask(connection, List.of(word("DEL"), word("made")));
        int elements = random.nextInt(random.nextInt(20) == 0 ? 3_000 : 60);
        for (int i = 0; i < elements; i++) {
            connection.ask("PFADD", "made", Long.toString(random.nextLong()));
        }
        connection.ask("PFADD", "made");
        return word(Resp.parse(connection.ask("GET", "made")).text());
    }

    /** A long run without its second byte is left out: what redis-server reads for it is whatever comes in memory. */
    private byte[] mutated(byte[] bytes) {
        int kept = random.nextInt(8) == 0 ? random.nextInt(bytes.length) : bytes.length;
        byte[] mutated = java.util.Arrays.copyOf(bytes, kept);
        for (int left = random.nextInt(4); left > 0 && kept > 0; left--) {
            mutated[random.nextInt(Math.min(kept, 40))] = (byte) random.nextInt(256);
            mutated[random.nextInt(kept)] = (byte) random.nextInt(256);
        }
        if (kept > 0 && (mutated[kept - 1] & 0xc0) == LONG_RUN_FIRST) {
            mutated[kept - 1] &= 0x3f;
        }
        return mutated;
    }

    private List<List<byte[]>> commands(byte[] mutated) {
        byte[] k = word("k");
        byte[] element = word(Long.toString(random.nextLong()));
        return List.of(
                List.of(word("SET"), k, mutated),
                List.of(word("PFDEBUG"), word("ENCODING"), k),
                List.of(word("PFDEBUG"), word("DECODE"), k),
                List.of(word("PFCOUNT"), k, word("none")),
                List.of(word("PFCOUNT"), k),
                List.of(word("PFADD"), k, element),
                List.of(word("GET"), k),
                List.of(word("PFADD"), k, element, word(Long.toString(random.nextLong()))),
                List.of(word("GET"), k),
                List.of(word("PFMERGE"), k, k, word("made2")),
                List.of(word("GET"), k),
                List.of(word("PFCOUNT"), k),
                List.of(word("PFDEBUG"), word("TODENSE"), k),
                List.of(word("GET"), k));
    }

    private static String ask(RawConnection connection, List<byte[]> words) throws IOException {
        connection.send(words);
        byte[] reply = connection.read();
        assertThat(reply).as("still there").isNotEmpty();
        return new String(reply, StandardCharsets.ISO_8859_1);
    }

    private static byte[] word(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
