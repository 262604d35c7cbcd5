package dev.sluice.broker.persist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Seeds;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How much of a file is believed, whatever has become of it. */
class AofScanTest {
    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final AofFixture aof = new AofFixture();

    private AofScan.Result scan() throws IOException {
        return AofScan.of(aof.disk, AofFixture.FILE, 0);
    }

    private AofScan.Result scan(byte[] content) throws IOException {
        aof.disk.put(AofFixture.FILE, content);
        return scan();
    }

    /** redis-server may have written before us, and behind us; its end may be torn, and nothing else. */
    @Test
    void whatOthersWroteIsNotCutInTheMiddle() throws IOException {
        aof.open(Fsync.ALWAYS);
        aof.append(Request.of("SET", "ours", "1"));
        aof.close();
        byte[] ours = aof.disk.read(AofFixture.FILE);
        byte[] set = AofFixture.resp("SET", "theirs", "1");
        byte[] broken = new String(set, ISO_8859_1).replace("*3", "*x").getBytes(ISO_8859_1);
        byte[] longer = new String(set, ISO_8859_1).replace("$6", "$60000").getBytes(ISO_8859_1);
        byte[] half = Arrays.copyOf(set, set.length / 2);
        assertThat(scan(join(ours, set, broken, set)).verdict()).isEqualTo(AofScan.Verdict.DAMAGED);
        assertThat(scan(join(set, longer, ours)).verdict()).isEqualTo(AofScan.Verdict.DAMAGED);
        AofScan.Result torn = scan(join(ours, set, half));
        assertThat(torn.verdict()).isEqualTo(AofScan.Verdict.TORN);
        assertThat(torn.valid()).isEqualTo(ours.length + set.length);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Of at least 65 536 bytes, of which any number may be there. */
    @Test
    void tornAnywhereItCountsUpToTheLastWholeCommand() throws IOException {
        aof.open(Fsync.ALWAYS);
        List<String> commands = new ArrayList<>();
        for (int i = 0; aof.disk.size(AofFixture.FILE) <= 65_536; i++) {
            Request[] record = new Request[1 + random.nextInt(2)];
            for (int j = 0; j < record.length; j++) {
                record[j] = Request.of(
                        "SET", "k" + i, Long.toString(random.nextLong() >>> 1).repeat(random.nextInt(9)));
                commands.add(AofFixture.text(record[j]));
            }
            aof.append(record);
            if (i % 3 == 0) {
                aof.endTurn();
            }
        }
        aof.endTurn();
        byte[] whole = aof.disk.read(AofFixture.FILE);
        int[] loadedAt = new int[whole.length + 1];
        int step = Seeds.scale() > 1 ? 1 : 7;
        int before = 0;
        for (int length = 0; length <= whole.length; length += step) {
            AofScan.Result result = scan(Arrays.copyOf(whole, length));
            assertThat(result.verdict()).as("length %d", length).isNotEqualTo(AofScan.Verdict.DAMAGED);
            assertThat(result.valid()).isLessThanOrEqualTo(length);
            List<String> left = aof.load(true);
            loadedAt[length] = left.size();
            assertThat(left).as("length %d", length).isEqualTo(commands.subList(0, left.size()));
            assertThat(left.size()).isGreaterThanOrEqualTo(before);
            before = left.size();
        }
        assertThat(scan(whole).verdict()).isEqualTo(AofScan.Verdict.INTACT);
        assertThat(aof.load(false)).isEqualTo(commands);
        assertEachEndCounts(whole, commands);
    }

    /** With a file that ends just behind a command that is no part of a transaction, the command is loaded. */
    private void assertEachEndCounts(byte[] whole, List<String> commands) throws IOException {
        String text = new String(whole, ISO_8859_1);
        for (int i = 0; i < commands.size(); i += 50) {
            String[] words = commands.get(i).split(" ", 3);
            String resp = new String(AofFixture.resp(words), ISO_8859_1);
            int at = text.indexOf(resp);
            boolean inTransaction = text.lastIndexOf("MULTI", at) > text.lastIndexOf("EXEC", at);
            if (!inTransaction) {
                aof.disk.put(AofFixture.FILE, Arrays.copyOf(whole, at + resp.length()));
                assertThat(aof.load(true)).endsWith(commands.get(i));
            }
        }
    }

    private byte[] sample(boolean closed) throws IOException {
        aof.open(Fsync.ALWAYS);
        for (int i = 0; i < 20; i++) {
            aof.append(AofFixture.write(random, i), AofFixture.write(random, i));
            aof.endTurn();
        }
        if (closed) {
            aof.close();
        }
        return aof.disk.read(AofFixture.FILE);
    }

    @Test
    void anyFlippedBitIsFound() throws IOException {
        byte[] whole = sample(true);
        int last = new String(whole, ISO_8859_1).lastIndexOf("#sluice batch");
        for (int i = 0; i < 3000 * Seeds.scale(); i++) {
            int bit = random.nextInt(whole.length * 8);
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            AofScan.Result result = scan(flipped);
            assertThat(result.verdict())
                    .as("sluice.seed=%d bit %d of byte %d", seed, bit % 8, bit / 8)
                    .isEqualTo(bit / 8 < last ? AofScan.Verdict.DAMAGED : AofScan.Verdict.TORN);
            assertThat(result.at())
                    .isLessThanOrEqualTo(Math.max(bit / 8, AofNote.began(0, 0).length()));
        }
    }

    /** Whoever wrote what, and whatever is wrong where one broker ends and the next begins. */
    @Test
    void aFlippedBitWhereABrokerBeginsIsDamage() throws IOException {
        sample(true);
        sample(true);
        byte[] whole = sample(true);
        String text = new String(whole, ISO_8859_1);
        int begins = 0;
        for (int at = -1; (at = text.indexOf("#sluice log", at + 1)) >= 0; begins++) {
            for (int bit = at * 8; bit < (text.indexOf('\n', at) + 1) * 8; bit++) {
                byte[] flipped = whole.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(scan(flipped).verdict())
                        .as("sluice.seed=%d bit %d", seed, bit)
                        .isEqualTo(AofScan.Verdict.DAMAGED);
            }
        }
        assertThat(begins).isEqualTo(6);
    }

    /** The machine may stop at any moment. */
    @Test
    void aBeginningThatIsThereInPartIsCutOff() throws IOException {
        byte[] before = sample(true);
        aof.open(Fsync.ALWAYS);
        byte[] whole = aof.disk.read(AofFixture.FILE);
        List<String> commands = aof.load(true);
        for (int length = before.length + 1; length < whole.length; length++) {
            AofScan.Result result = scan(Arrays.copyOf(whole, length));
            assertThat(result.verdict()).as("%d bytes", length).isEqualTo(AofScan.Verdict.TORN);
            assertThat(result.valid()).isEqualTo(before.length);
            aof.open(Fsync.ALWAYS);
            assertThat(scan().verdict()).isEqualTo(AofScan.Verdict.INTACT);
            assertThat(aof.load(true)).isEqualTo(commands);
        }
    }

    /** Else whoever may write could have it that a torn end keeps the broker from starting. */
    @Test
    void aValueThatLooksLikeABeginningProvesNothing() throws IOException {
        aof.open(Fsync.ALWAYS);
        String forged = AofNote.began(0, 7) + new String(AofNote.batch(7, 1 << 20, new byte[0]), ISO_8859_1);
        aof.append(Request.of("SET", "k", "v"));
        aof.endTurn();
        aof.append(Request.of("SET", "forged", "x".repeat(2000) + "\r\n" + forged + "x".repeat(2000)));
        aof.endTurn();
        byte[] whole = aof.disk.read(AofFixture.FILE);
        byte[] torn = Arrays.copyOf(whole, whole.length - 1000);
        assertThat(scan(torn).verdict()).isEqualTo(AofScan.Verdict.TORN);
        assertThat(aof.load(true)).containsExactly("SET k v");
    }

    /** Only the very last batch could as well not have been written in full. */
    @Test
    void aFlippedBitIsFoundAlsoWhereTheBrokerWasKilled() throws IOException {
        byte[] whole = sample(false);
        for (int i = 0; i < 1000 * Seeds.scale(); i++) {
            int bit = random.nextInt(whole.length * 8);
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(scan(flipped).verdict())
                    .as("sluice.seed=%d bit %d", seed, bit)
                    .isNotEqualTo(AofScan.Verdict.INTACT);
        }
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(ISO_8859_1);
    }

    @Test
    void whatOthersWroteIsReadAsRedisServerReadsIt() throws IOException {
        byte[] set = AofFixture.resp("SET", "k", "v");
        byte[] multi = AofFixture.resp("multi");
        byte[] time = text("#TS:1628217470\r\n");
        assertThat(scan(joined(set, time, multi, set, AofFixture.resp("exec"))).verdict())
                .isEqualTo(AofScan.Verdict.INTACT);
        assertThat(scan(joined(set, text("!!!"), set)).verdict()).isEqualTo(AofScan.Verdict.DAMAGED);
        assertThat(scan(joined(set, text("!!!"), set)).at()).isEqualTo(set.length);
        AofScan.Result torn = scan(joined(set, multi, set));
        assertThat(torn.verdict()).isEqualTo(AofScan.Verdict.TORN);
        assertThat(torn.valid()).isEqualTo(set.length);
        assertThat(torn.openTransaction()).isTrue();
        assertThat(scan(Arrays.copyOf(set, set.length - 1)).valid()).isZero();
        assertThat(scan(text("*-1\r\n")).verdict()).isEqualTo(AofScan.Verdict.DAMAGED);
        assertThat(scan(text("*1\r\n$99999999999\r\n")).verdict()).isEqualTo(AofScan.Verdict.DAMAGED);
    }

    @Test
    void whatRedisServerAppendedIsTakenAndSaidToBeUnprotected() throws IOException {
        byte[] ours = sample(true);
        byte[] theirs = joined(AofFixture.resp("SELECT", "0"), AofFixture.resp("SET", "redis", "7"));
        AofScan.Result result = scan(joined(ours, theirs));
        assertThat(result.verdict()).isEqualTo(AofScan.Verdict.INTACT);
        assertThat(result.unprotected()).containsExactly(new AofScan.Range(ours.length, ours.length + theirs.length));
        aof.open(Fsync.ALWAYS);
        aof.append(Request.of("SET", "again", "ours"));
        aof.close();
        assertThat(aof.load(false)).endsWith("SET redis 7", "SET again ours");
    }

    @Test
    void aValueCannotPassForABatch() throws IOException {
        aof.open(Fsync.ALWAYS);
        String forged = AofNote.batchLine(0, 1 << 20, AofNote.crcBefore(0, 0, 1 << 20));
        aof.append(Request.of("SET", "k", "\r\n" + forged + "\r\n"));
        aof.endTurn();
        byte[] whole = aof.disk.read(AofFixture.FILE);
        assertThat(scan(Arrays.copyOf(whole, whole.length - 1)).verdict()).isEqualTo(AofScan.Verdict.TORN);
    }

    @Test
    void whereASectorMayBeMissingNothingCounts() throws IOException {
        aof.open(Fsync.ALWAYS);
        aof.append(Request.of("SET", "first", "1"));
        aof.endTurn();
        int begin = (int) aof.disk.size(AofFixture.FILE);
        aof.append(Request.of("SET", "k", "x".repeat(3000)));
        aof.append(Request.of("SET", "l", "x".repeat(3000)));
        aof.endTurn();
        byte[] whole = aof.disk.read(AofFixture.FILE);
        Arrays.fill(whole, begin + 500 - begin % 512 + 512, begin + 1024 - begin % 512, (byte) 0);
        AofScan.Result result = scan(Arrays.copyOf(whole, whole.length - 1000));
        assertThat(result.verdict()).isEqualTo(AofScan.Verdict.TORN);
        assertThat(result.valid()).isEqualTo(begin);
        assertThat(aof.load(true)).containsExactly("SET first 1");
    }

    @Test
    void linesOfOursCarryAnyBytes() {
        byte[] bytes = new byte[3000];
        random.nextBytes(bytes);
        Request request = new Request(Bytes.of("HPERSIST"), Bytes.EMPTY, Bytes.of(bytes));
        StringBuilder words = new StringBuilder();
        for (String line : AofNote.commandLines(request, false).split("\r\n")) {
            assertThat(line.length()).isLessThanOrEqualTo(AofNote.LINE_BYTES_MAX);
            assertThat(line.chars()).allMatch(c -> c >= ' ' && c < 0x7f);
            words.append(
                    AofNote.of(line) instanceof AofNote.More(String some)
                            ? some
                            : ((AofNote.Run) AofNote.of(line)).words());
        }
        assertThat(AofNote.command(words.toString())).isEqualTo(request);
    }
}
