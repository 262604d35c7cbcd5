package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Seeds;
import dev.sluice.broker.persist.PackedForms;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Values go from redis-server to Sluice and back as bytes, in all types and encodings, and stay the same. */
@Tag("differential")
class DumpDifferentialTest {
    private static RedisServer reference;
    private static Subject subject;

    private final long seed = Seeds.next();
    private final RandomValues values = new RandomValues(new Random(seed));

    @BeforeAll
    static void start() throws IOException {
        RedisServer.assumeInstalled();
        reference = RedisServer.start();
        subject = Subject.start();
    }

    @AfterAll
    static void stop() {
        if (subject != null) {
            subject.close();
        }
        if (reference != null) {
            reference.close();
        }
    }

    @Test
    void valuesGoBothWays() throws IOException {
        try (RawConnection redis = RawConnection.open(reference.target());
                RawConnection sluice = RawConnection.open(subject.target())) {
            redis.ask("FLUSHALL");
            sluice.ask("FLUSHALL");
            List<String> keys = fill(redis);
            for (String key : keys) {
                String about = "sluice.seed=%d %s".formatted(seed, key);
                byte[] payload = bulk(redis.ask("DUMP", key));
                assertThat(Resp.show(restore(sluice, key, payload))).as(about).isEqualTo("+OK\\r\\n");
                String digest = digest(redis, key);
                assertThat(digest(sluice, key)).as(about).isEqualTo(digest);
                byte[] back = bulk(sluice.ask("DUMP", key));
                assertThat(Resp.show(restore(redis, key, back))).as(about).isEqualTo("+OK\\r\\n");
                assertThat(digest(redis, key)).as(about).isEqualTo(digest);
                assertThat(Resp.show(redis.ask("OBJECT", "ENCODING", key)))
                        .as(about)
                        .isEqualTo(Resp.show(sluice.ask("OBJECT", "ENCODING", key)));
            }
        }
    }

    private List<String> fill(RawConnection redis) throws IOException {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 150 * Seeds.scale(); i++) {
            String key = "k" + i;
            redis.ask(values.command(key, i));
            keys.add(key);
        }
        return keys;
    }

    /** What redis-server 7 reads but does not write any more. */
    @Test
    void olderFormsBecomeTheSameValue() throws IOException {
        List<byte[]> pairs = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            pairs.add(bytes(i % 7 == 0 ? "x".repeat(i * 5) : "f" + i));
            pairs.add(bytes(Integer.toString((int) Math.pow(-3, i % 20))));
        }
        byte[] ziplist = PackedForms.string(PackedForms.ziplist(pairs, true));
        byte[] text = PackedForms.string(PackedForms.ziplist(pairs, false));
        same(PackedForms.dump(9, PackedForms.string(PackedForms.zipmap(pairs, 2))));
        same(PackedForms.dump(10, ziplist));
        same(PackedForms.dump(10, text));
        same(PackedForms.dump(12, ziplist));
        same(PackedForms.dump(13, ziplist));
        same(PackedForms.dump(13, text));
        same(PackedForms.dump(14, new byte[] {2}, ziplist, text));
        same(PackedForms.dump(1, new byte[] {2}, PackedForms.string("a"), PackedForms.string("b")));
        same(PackedForms.dump(
                3, new byte[] {2}, PackedForms.string("a"), new byte[] {(byte) 255, 1, 'b', 4, '-', '1', '.', '5'}));
    }

    /** Refused by both, or the same. */
    @Test
    void refusesWhatRedisRefuses() throws IOException {
        byte[] a = PackedForms.string("a");
        byte[] b = PackedForms.string("b");
        same(PackedForms.dump(1, new byte[] {0}));
        same(PackedForms.dump(2, new byte[] {0}));
        same(PackedForms.dump(2, new byte[] {2}, a, a));
        same(PackedForms.dump(2, new byte[] {2}, a));
        same(PackedForms.dump(4, new byte[] {1}, a));
        same(PackedForms.dump(5, new byte[] {1}, a, new byte[] {0, 0, 0, 0, 0, 0, (byte) 0xf8, 0x7f}));
        same(PackedForms.dump(3, new byte[] {1}, a, new byte[] {(byte) 253}));
        same(PackedForms.dump(18, new byte[] {1, 3}, a));
        same(PackedForms.dump(18, new byte[] {1, 1}, a));
        same(PackedForms.dump(8, a));
        same(PackedForms.dump(99, a));
        same(PackedForms.dump(0));
        same(PackedForms.dump(0, PackedForms.length(1 << 30), new byte[] {'a'}));
        same(PackedForms.dump(0, a, b));
        same(PackedForms.footed(0, 9, a));
        same(PackedForms.footed(0, 13, a));
        same(new byte[] {0, 1, 'a'});
        same(new byte[0]);
    }

    private static void same(byte[] payload) throws IOException {
        try (RawConnection redis = RawConnection.open(reference.target());
                RawConnection sluice = RawConnection.open(subject.target())) {
            redis.ask("DEL", "k");
            sluice.ask("DEL", "k");
            String about = Arrays.toString(payload);
            String answer = Resp.show(restore(redis, "k", payload));
            assertThat(Resp.show(restore(sluice, "k", payload))).as(about).isEqualTo(answer);
            assertThat(digest(sluice, "k")).as(about).isEqualTo(digest(redis, "k"));
        }
    }

    private static String digest(RawConnection connection, String key) throws IOException {
        return Resp.show(connection.ask("DEBUG", "DIGEST-VALUE", key));
    }

    private static byte[] restore(RawConnection connection, String key, byte[] payload) throws IOException {
        connection.send(List.of(bytes("RESTORE"), bytes(key), bytes("0"), payload, bytes("REPLACE")));
        return connection.read();
    }

    /** The content of a bulk string. */
    private static byte[] bulk(byte[] reply) {
        int line = 0;
        while (reply[line] != '\n') {
            line++;
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(reply, line + 1, reply.length - line - 3);
        return content.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
