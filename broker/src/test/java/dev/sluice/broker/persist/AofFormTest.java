package dev.sluice.broker.persist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.SimulatedDisk;
import dev.sluice.streams.message.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All data as commands: they make it again, and whatever is changed in them is found. */
class AofFormTest {
    private static final String FILE = "/data/base";
    private static final long TOKEN = 1_234_567_890_123L;

    private final long seed = Seeds.next();
    private final InMemoryBroker broker = new InMemoryBroker();
    private final SimulatedDisk disk = new SimulatedDisk("/data");

    @AfterEach
    void close() {
        broker.close();
    }

    private byte[] written(long seconds) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        RdbFiles.write(broker.keyspace, new AofForm(0x5a17, TOKEN, seconds), file);
        disk.put(FILE, file.toByteArray());
        return file.toByteArray();
    }

    private AofReader reader() throws IOException {
        return new AofReader(disk.open(FILE), "base", 0, disk.size(FILE));
    }

    private List<Request> commands() throws IOException {
        List<Request> all = new ArrayList<>();
        try (AofReader reader = reader()) {
            for (List<Request> some; !(some = reader.next()).isEmpty(); ) {
                all.addAll(some);
            }
            assertThat(reader.lastToken()).isEqualTo(TOKEN);
        }
        return all;
    }

    @Test
    void theCommandsMakeTheSameDataAgain() throws IOException {
        new SampleValues(broker, new Random(seed)).fill();
        broker.run("SELECT", "3");
        broker.run("SET", "a\r\nkey", "\0\377");
        broker.run("PEXPIREAT", "a\r\nkey", "2000000000000");
        broker.run("SET", "long", "0123456789abcdef".repeat(20_000));
        broker.run("EXPIREAT", "long", "2000000000");
        broker.run("APPEND", "long", "x");
        written(0);
        AofScan.Result scan = AofScan.of(disk, FILE, 0);
        assertThat(scan.verdict()).isEqualTo(AofScan.Verdict.INTACT);
        assertThat(scan.unprotected()).isEmpty();
        try (InMemoryBroker other = new InMemoryBroker()) {
            for (Request request : commands()) {
                assertThat(other.first().run(request).text()).as("%s", request).doesNotStartWith("ERR");
            }
            String digest = broker.run("DEBUG", "DIGEST").text();
            assertThat(other.run("DEBUG", "DIGEST").text()).as("seed %d", seed).isEqualTo(digest);
            other.run("SELECT", "0");
            broker.run("SELECT", "0");
            for (String key : List.of("hash10", "set600", "zset600")) {
                String letter = key.substring(0, 1);
                String word = letter.equals("h") ? "FIELDS" : "MEMBERS";
                String[] times = {letter + "PEXPIRETIME", key, word, "3", "0", "member1", "member2"};
                assertThat(other.run(times).text()).isEqualTo(broker.run(times).text());
            }
        }
    }

    /** So that redis-server runs no command of thousands of words, and reads all that it is to run. */
    @Test
    void collectionsAreMadeByCommandsOfSixtyFourMembersAtMost() throws IOException {
        for (int i = 0; i < 130; i++) {
            broker.run("RPUSH", "l", "e" + i);
            broker.run("HSET", "h", "f" + i, "v");
        }
        written(0);
        assertThat(commands().stream().map(request -> request.name() + " " + request.size()))
                .containsExactlyInAnyOrder(
                        "SELECT 2", "RPUSH 66", "RPUSH 66", "RPUSH 4", "HMSET 130", "HMSET 130", "HMSET 6");
    }

    @Test
    void theTimeStandsFirstWhereItIsWanted() throws IOException {
        broker.run("SET", "k", "v");
        assertThat(new String(written(1_700_000_000), StandardCharsets.ISO_8859_1))
                .startsWith("#TS:1700000000\r\n#sluice log ");
        assertThat(AofScan.of(disk, FILE, 0).verdict()).isEqualTo(AofScan.Verdict.INTACT);
    }

    /** Nothing of it is ever a torn end, which would be cut off: it had been on the disk when it got its name. */
    @Test
    void whateverIsChangedIsDamage() throws IOException {
        broker.run("SET", "k", "v".repeat(70_000));
        broker.run("RPUSH", "l", "a", "b");
        broker.run("HSET", "h", "f", "v");
        broker.run("HPEXPIRE", "h", "100000", "FIELDS", "1", "f");
        byte[] whole = written(0);
        int last = whole.length - AofNote.began(0, 0).length() / 2; // the second line of two
        Random random = new Random(seed);
        for (int at = 0; at < whole.length; at += at < 200 || at > last - 400 ? 1 : 997) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            disk.put(FILE, flipped);
            AofScan.Verdict verdict = AofScan.of(disk, FILE, 0).verdict();
            if (at < last) {
                assertThat(verdict).as("a bit at %d, seed %d", at, seed).isEqualTo(AofScan.Verdict.DAMAGED);
            } else {
                assertThat(verdict).isNotEqualTo(AofScan.Verdict.INTACT);
            }
        }
    }
}
