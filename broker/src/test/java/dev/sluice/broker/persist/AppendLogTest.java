package dev.sluice.broker.persist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.Seeds;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is appended is loaded again: whole, after power losses, and with errors of the disk in between. */
class AppendLogTest {
    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final AofFixture aof = new AofFixture();

    private String seeded() {
        return "sluice.seed=" + seed;
    }

    @Test
    void loadsWhatWasAppendedAsItWas() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int start = 0; start < 3; start++) {
            aof.open(Fsync.EVERYSEC);
            for (int i = 0; i < 200; i++) {
                Request[] record = new Request[1 + random.nextInt(3)];
                for (int j = 0; j < record.length; j++) {
                    record[j] = AofFixture.write(random, i);
                    expected.add(AofFixture.text(record[j]));
                }
                aof.append(record);
                if (random.nextInt(10) == 0) {
                    aof.endTurn();
                }
            }
            aof.close();
            assertThat(aof.load(false)).as(seeded()).isEqualTo(expected);
        }
    }

    @Test
    void largeRecordsGoThrough() throws IOException {
        aof.open(Fsync.ALWAYS);
        byte[] large = new byte[5 << 20];
        random.nextBytes(large);
        aof.append(new Request(Bytes.of("SET"), Bytes.of("k"), Bytes.of(large)));
        aof.append(new Request(Bytes.of("HSETEX"), Bytes.of("h"), Bytes.of("FIELDS"), Bytes.of(1), Bytes.of(large)));
        aof.close();
        assertThat(aof.load(false)).hasSize(2).first().asString().endsWith(new String(large, ISO_8859_1));
    }

    @Test
    void theFileIsOneThatRedisServerReads() throws IOException {
        aof.open(Fsync.ALWAYS);
        aof.append(Request.of("SET", "k", "v"));
        aof.append(Request.of("HSETEX", "h", "KEEPTTL", "FIELDS", "1", "f", "v"));
        aof.append(Request.of("HPERSIST", "h", "FIELDS", "1", "x".repeat(2000)));
        aof.close();
        String text = new String(aof.disk.read(AofFixture.FILE), ISO_8859_1);
        assertThat(text.lines().filter(line -> line.startsWith("#")))
                .allMatch(line -> line.length() < AofNote.LINE_BYTES_MAX);
        assertThat(text.lines().filter(line -> !line.startsWith("#")).toList())
                .containsExactly(
                        "*2", "$6", "SELECT", "$1", "0", "*3", "$3", "SET", "$1", "k", "$1", "v", "*4", "$4", "HSET",
                        "$1", "h", "$1", "f", "$1", "v");
        assertThat(aof.load(false))
                .containsExactly("SET k v", "HSETEX h KEEPTTL FIELDS 1 f v", "HPERSIST h FIELDS 1 " + "x".repeat(2000));
        assertThat(aof.disk.read("/data/appendonlydir/appendonly.aof.manifest"))
                .asString()
                .startsWith("file appendonly.aof.1.base.aof seq 1 type b\n"
                        + "file appendonly.aof.1.incr.aof seq 1 type i\n# sluice crc64 ");
    }

    /** The power goes after any number of operations, again and again, with rewrites in between. */
    @Test
    void losesNothingThatWasConfirmed() throws IOException {
        for (int life = 0; life < 150 * Seeds.scale(); life++) {
            lives(new AofFixture());
        }
    }

    /** Single operations of the disk fail as well, a rename that nobody knows whether it is durable among them. */
    @Test
    void losesNothingThatWasConfirmedIfTheDiskFailsNowAndThen() throws IOException {
        for (int life = 0; life < 100 * Seeds.scale(); life++) {
            AofFixture glitches = new AofFixture();
            List<String> sent = new ArrayList<>();
            glitches.open(Fsync.EVERYSEC);
            int confirmed = 0;
            for (int i = 0; i < 6; i++) {
                glitches.time.pass(1000);
                glitches.disk.glitch(1 + random.nextInt(40));
                confirmed = live(glitches, sent, confirmed, 5 + random.nextInt(30));
            }
            glitches.disk.power(random.nextInt(20));
            confirmed = live(glitches, sent, confirmed, 20);
            glitches.disk.crash(random);
            List<String> left = glitches.load(true);
            assertThat(left.size()).as(seeded()).isBetween(confirmed, sent.size());
            for (int i = 0; i < left.size(); i++) {
                assertThat(left.get(i))
                        .as("%s: %d of %d", seeded(), i, left.size())
                        .isEqualTo(sent.get(i));
            }
        }
    }

    private void lives(AofFixture lives) throws IOException {
        List<String> sent = new ArrayList<>();
        int confirmed = 0;
        for (int life = 0; life < 4; life++) {
            lives.disk.power(5 + random.nextInt(60));
            try {
                lives.open(Fsync.ALWAYS);
                confirmed = live(lives, sent, sent.size(), 100);
            } catch (IOException | LoadRefused powerIsGone) {
                assertThat(lives.disk.isDown()).as(seeded() + " " + powerIsGone).isTrue();
            }
            lives.disk.crash(random);
            List<String> left = lives.load(true);
            assertThat(left.size()).as(seeded()).isBetween(confirmed, sent.size());
            for (int i = 0; i < left.size(); i++) {
                assertThat(left.get(i))
                        .as("%s: %d of %d", seeded(), i, left.size())
                        .isEqualTo(sent.get(i));
            }
            sent = new ArrayList<>(left);
            confirmed = left.size();
        }
    }

    /** Returns how many of the commands were confirmed before the power went. */
    private int live(AofFixture now, List<String> sent, int before, int records) throws IOException {
        int confirmed = before;
        List<long[]> ends = new ArrayList<>();
        for (int i = 0; !now.disk.isDown() && i < records; i++) {
            Request[] record = new Request[1 + random.nextInt(3)];
            for (int j = 0; j < record.length; j++) {
                record[j] = AofFixture.write(random, sent.size());
                sent.add(AofFixture.text(record[j]));
            }
            now.append(record);
            ends.add(new long[] {now.journal.offset(), sent.size()});
            if (random.nextBoolean()) {
                now.endTurn();
            }
            if (random.nextInt(10) == 0) {
                rewrite(now, sent);
            }
            for (long[] end : ends) {
                confirmed = end[0] <= now.log.forced() ? Math.max(confirmed, (int) end[1]) : confirmed;
            }
        }
        return confirmed;
    }

    private void rewrite(AofFixture now, List<String> sent) throws IOException {
        long[] increment = new long[1];
        List<String> before = List.copyOf(sent);
        now.log.rotate((number, problem) -> increment[0] = number);
        now.endTurn();
        if (increment[0] > 0) {
            StringBuilder text = new StringBuilder();
            for (String command : before) {
                text.append(new String(AofFixture.resp(command.split(" ", 3)), ISO_8859_1));
            }
            String path = "/data/appendonlydir/temp-base";
            byte[] bytes = text.toString().getBytes(ISO_8859_1);
            try (var file = now.disk.create(path)) {
                file.write(bytes, 0, bytes.length);
                file.force();
            } catch (IOException noBase) {
                return;
            }
            now.log.adopt(path, false, increment[0], problem -> {});
            now.log.step();
        }
    }

    @Test
    void whatCouldNotBeWrittenIsTriedAgain() throws IOException {
        aof.open(Fsync.EVERYSEC);
        aof.append(Request.of("SET", "a", "1"));
        aof.endTurn();
        aof.disk.room(50);
        aof.append(Request.of("SET", "b", "x".repeat(100)));
        aof.endTurn();
        assertThat(aof.log.problem()).isEqualTo("No space left on device");
        assertThat(aof.load(false)).containsExactly("SET a 1");
        aof.append(Request.of("SET", "c", "3"));
        aof.endTurn();
        aof.disk.room(Long.MAX_VALUE);
        aof.endTurn();
        assertThat(aof.log.problem()).isNull();
        assertThat(aof.load(false)).containsExactly("SET a 1", "SET b " + "x".repeat(100), "SET c 3");
        assertThat(aof.fatal).isEmpty();
    }

    @Test
    void errorsOfWritesAndForcesEndEachWithItsOwnSuccess() throws IOException {
        aof.open(Fsync.EVERYSEC);
        aof.append(Request.of("SET", "a", "1"));
        aof.endTurn();
        aof.disk.room(0);
        aof.append(Request.of("SET", "b", "2"));
        aof.endTurn();
        aof.disk.refuseForces("Input/output error");
        aof.time.pass(1000);
        aof.log.step();
        assertThat(aof.log.problem()).isNotNull();
        aof.disk.room(Long.MAX_VALUE);
        aof.log.step();
        assertThat(aof.log.problem()).isEqualTo("Input/output error");
        aof.disk.refuseForces(null);
        aof.time.pass(1000);
        aof.log.step();
        assertThat(aof.log.problem()).isNull();
    }

    /** What was forced on the way is told although the next increment cannot be opened. */
    @Test
    void whoWaitsIsToldAlthoughARewriteCannotBegin() throws IOException {
        aof.open(Fsync.ALWAYS);
        aof.append(Request.of("SET", "a", "1"));
        aof.disk.refuseNames("Too many open files");
        List<String> problems = new ArrayList<>();
        aof.log.rotate((number, problem) -> problems.add("" + problem));
        int before = aof.advances;
        aof.endTurn();
        assertThat(problems).containsExactly("Too many open files");
        assertThat(aof.log.forced()).isEqualTo(aof.journal.offset());
        assertThat(aof.advances).isGreaterThan(before);
    }

    /** A force that has failed once must not seem to have worked because the next one does. */
    @Test
    void anErrorAtTheBeginningOfARewriteIsTheEndWhereAllIsForced() throws IOException {
        aof.open(Fsync.ALWAYS);
        aof.append(Request.of("SET", "a", "1"));
        aof.disk.refuseForces("Input/output error");
        aof.log.rotate((number, problem) -> {});
        aof.endTurn();
        assertThat(aof.fatal).hasSize(1).first().asString().contains("Input/output error");
        aof.disk.refuseForces(null);
        aof.log.step();
        assertThat(aof.log.told()).isZero();
    }

    /** As the operator has asked for, clients are told; but nobody who asks whether it is on the disk is told so. */
    @Test
    void whatRestsIsToldAndNotForced() throws IOException {
        aof.open(Fsync.ALWAYS);
        long forces = aof.disk.forces();
        aof.log.rests(true);
        aof.append(Request.of("SET", "a", "1"));
        aof.endTurn();
        assertThat(aof.disk.forces()).isEqualTo(forces);
        assertThat(aof.log.told()).isEqualTo(aof.journal.offset());
        assertThat(aof.log.forced()).isZero();
        aof.log.rests(false);
        aof.log.step();
        assertThat(aof.log.forced()).isEqualTo(aof.journal.offset());
    }

    @Test
    void aRewriteThatCannotBeAdoptedLeavesNothing() throws IOException {
        aof.open(Fsync.EVERYSEC);
        aof.append(Request.of("SET", "a", "1"));
        long[] increment = new long[1];
        aof.log.rotate((number, problem) -> increment[0] = number);
        aof.endTurn();
        List<String> files = aof.disk.list("/data/appendonlydir");
        for (int failing = 1; failing <= 5; failing++) {
            aof.disk.put("/data/temp-base", AofFixture.resp("SET", "a", "1"));
            aof.disk.glitch(failing);
            List<String> problems = new ArrayList<>();
            aof.log.adopt("/data/temp-base", false, increment[0], problem -> problems.add("" + problem));
            aof.log.step();
            assertThat(problems).as("" + failing).containsExactly("Input/output error");
            assertThat(aof.disk.list("/data")).as("" + failing).containsExactly("appendonlydir");
            assertThat(aof.disk.list("/data/appendonlydir")).as("" + failing).containsExactlyElementsOf(files);
            assertThat(aof.load(false)).containsExactly("SET a 1");
        }
    }

    @Test
    void anErrorIsTheEndWhereAllIsForced() throws IOException {
        aof.open(Fsync.ALWAYS);
        aof.disk.refuseForces("Input/output error");
        aof.append(Request.of("SET", "a", "1"));
        aof.endTurn();
        assertThat(aof.log.forced()).isZero();
        assertThat(aof.fatal)
                .containsExactly("Can't persist AOF for fsync error when the AOF fsync policy is 'always': "
                        + "Input/output error. Exiting...");
    }

    @Test
    void forcesOnceASecond() throws IOException {
        aof.open(Fsync.EVERYSEC);
        long before = aof.disk.forces();
        aof.time.pass(500);
        aof.append(Request.of("SET", "a", "1"));
        aof.endTurn();
        assertThat(aof.disk.forces()).isEqualTo(before);
        aof.time.pass(500);
        aof.log.step();
        assertThat(aof.disk.forces()).isEqualTo(before + 1);
        aof.time.pass(2000);
        aof.log.step();
        assertThat(aof.disk.forces()).isEqualTo(before + 1);
        aof.disk.refuseForces("Input/output error");
        aof.append(Request.of("SET", "b", "1"));
        aof.endTurn();
        assertThat(aof.log.problem()).isEqualTo("Input/output error");
        aof.disk.refuseForces(null);
        aof.time.pass(1000);
        aof.log.step();
        assertThat(aof.log.problem()).isNull();
        assertThat(aof.fatal).isEmpty();
    }

    @Test
    void manyRecordsShareOneForce() throws IOException {
        aof.open(Fsync.ALWAYS);
        long before = aof.disk.forces();
        for (int i = 0; i < 1000; i++) {
            aof.append(Request.of("INCR", "a"));
        }
        aof.endTurn();
        assertThat(aof.disk.forces()).isEqualTo(before + 1);
        assertThat(aof.log.forced()).isEqualTo(aof.journal.offset());
    }

    @Test
    void writersAreHeldWhileTheDiskDoesNotKeepUp() throws IOException {
        aof.open(Fsync.EVERYSEC);
        aof.log.backlogMax(1 << 20);
        Request megabyte = new Request(Bytes.of("SET"), Bytes.of("k"), Bytes.of(new byte[1 << 20]));
        aof.append(megabyte);
        assertThat(aof.held).isTrue();
        aof.log.step();
        assertThat(aof.held).isFalse();
    }

    /** Nobody would let them go again. */
    @Test
    void nobodyIsHeldByALogThatIsClosed() throws IOException {
        aof.open(Fsync.NO);
        aof.log.backlogMax(100);
        aof.disk.room(0);
        aof.append(Request.of("SET", "k", "x".repeat(1000)));
        aof.log.close();
        assertThat(aof.held).isFalse();
        aof.log.step();
        assertThat(aof.held).isFalse();
        aof.disk.room(Long.MAX_VALUE);
        aof.open(Fsync.NO);
        aof.log.backlogMax(100);
        aof.append(Request.of("SET", "k", "x".repeat(1000)));
        aof.log.handOver();
        assertThat(aof.held).isTrue();
        aof.log.close();
        assertThat(aof.held).isFalse();
    }

    @Test
    void aLogThatBeginsAsideCountsWhenItsBaseIsThere() throws IOException {
        aof.open(Fsync.ALWAYS);
        aof.append(Request.of("SET", "old", "1"));
        aof.close();
        AofLoader.Loaded loaded = new AofLoader(aof.directory, aof.time, true, new AofFixture.Kept()).load();
        AppendLog aside = aof.reopen(loaded);
        aside.openAside();
        aof.journal.attach(aside);
        aof.append(Request.of("SET", "new", "2"));
        aof.endTurn();
        assertThat(aof.load(false)).containsExactly("SET old 1");
        aof.disk.put("/data/appendonlydir/temp-base", AofFixture.resp("SET", "base", "3"));
        List<String> problems = new ArrayList<>();
        aside.adopt("/data/appendonlydir/temp-base", false, 2, problem -> problems.add("" + problem));
        aside.step();
        assertThat(problems).containsExactly("null");
        assertThat(aof.load(false)).containsExactly("SET base 3", "SET new 2");
        assertThat(aof.disk.list("/data/appendonlydir"))
                .containsExactly("appendonly.aof.2.base.aof", "appendonly.aof.2.incr.aof", "appendonly.aof.manifest");
    }

    @Test
    void anOldSingleFileBecomesTheBase() throws IOException {
        aof.disk.put("/data/appendonly.aof", AofFixture.resp("SET", "old", "1"));
        aof.open(Fsync.ALWAYS);
        aof.append(Request.of("SET", "new", "2"));
        aof.close();
        assertThat(aof.load(false)).containsExactly("SET old 1", "SET new 2");
        assertThat(aof.disk.exists("/data/appendonly.aof")).isFalse();
        assertThat(new String(aof.disk.read("/data/appendonlydir/appendonly.aof.manifest"), ISO_8859_1))
                .startsWith("file appendonly.aof seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n");
    }

    @Test
    void aFileThatIsMissingIsNoEmptyOne() throws IOException {
        aof.open(Fsync.ALWAYS);
        aof.append(Request.of("SET", "a", "1"));
        aof.close();
        aof.disk.delete(AofFixture.FILE);
        assertThatThrownBy(() -> aof.load(true))
                .isInstanceOf(LoadRefused.class)
                .hasMessageContaining("appendonly.aof.1.incr.aof doesn't exist");
    }

    @Test
    void nobodyButTheLastMayBeTorn() throws IOException {
        aof.open(Fsync.ALWAYS);
        aof.append(Request.of("SET", "a", "1"));
        aof.endTurn();
        aof.log.rotate((number, problem) -> {});
        aof.endTurn();
        aof.append(Request.of("SET", "b", "1"));
        aof.close();
        assertThat(aof.load(false)).containsExactly("SET a 1", "SET b 1");
        byte[] first = aof.disk.read(AofFixture.FILE);
        aof.disk.put(AofFixture.FILE, Arrays.copyOf(first, first.length - 1));
        assertThatThrownBy(() -> aof.load(true)).hasMessageContaining("the truncated file is not the last file");
    }
}
