package dev.sluice.broker.persist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.broker.ManualTime;
import dev.sluice.broker.SimulatedDisk;
import dev.sluice.broker.journal.Journal;
import dev.sluice.broker.seam.Disk;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** An append-only log on a simulated disk, without threads, and what a loader finds there. */
final class AofFixture {
    static final String PARENT = "/data";
    static final String FILE = "/data/appendonlydir/appendonly.aof.1.incr.aof";

    final SimulatedDisk disk = new SimulatedDisk(PARENT);
    final AofDirectory directory = new AofDirectory(disk, PARENT, "appendonlydir", "appendonly.aof");
    final ManualTime time = new ManualTime(1_700_000_000_000L);
    final List<Runnable> turn = new ArrayList<>();
    final List<String> fatal = new ArrayList<>();
    boolean held;
    int advances;
    Journal journal = new Journal();
    AppendLog log;

    AofFixture() {
        log = log(Fsync.ALWAYS, new AofLoader.Loaded(AofManifest.EMPTY, 0, 0, 0));
    }

    private AppendLog log(Fsync fsync, AofLoader.Loaded loaded) {
        return new AppendLog(directory, loaded, journal, time, 0x5a17, fsync, new AppendLog.House() {
            @Override
            public void atEndOfTurn(Runnable what) {
                turn.add(what);
            }

            @Override
            public void after(long ms, Runnable what) {
                turn.add(what);
            }

            @Override
            public void onLoop(Runnable what) {
                what.run();
            }

            @Override
            public void advanced() {
                advances++;
            }

            @Override
            public void hold(boolean on) {
                held = on;
            }

            @Override
            public void fatal(String why) {
                fatal.add(why);
            }
        });
    }

    /** Opens what there is to be written to, once more if it has been. */
    AofFixture open(Fsync fsync) throws IOException {
        AofLoader.Loaded loaded = new AofLoader(directory, time, true, new Kept()).load();
        journal = new Journal();
        fatal.clear();
        turn.clear();
        log = log(fsync, loaded);
        log.open(false);
        journal.attach(log);
        return this;
    }

    /** A log that is yet to be opened, with a journal of its own. */
    AppendLog reopen(AofLoader.Loaded loaded) {
        journal = new Journal();
        log = log(Fsync.ALWAYS, loaded);
        return log;
    }

    void append(Request... requests) {
        List<Journal.Effect> effects = new ArrayList<>();
        for (Request request : requests) {
            effects.add(new Journal.Effect(0, request));
        }
        journal.append(effects);
    }

    /** What was appended so far is handed over and written, as the policy says. */
    void endTurn() {
        List<Runnable> due = List.copyOf(turn);
        turn.clear();
        due.forEach(Runnable::run);
        log.step();
    }

    void close() {
        log.close();
        log.step();
    }

    /** All that can be loaded, in order, without SELECT. */
    List<String> load(boolean takesTorn) {
        Kept kept = new Kept();
        new AofLoader(directory, time, takesTorn, kept).load();
        return kept.commands;
    }

    /** Keeps the commands that it is given. */
    static final class Kept implements AofLoader.Replay {
        final List<String> commands = new ArrayList<>();
        long lastToken;

        @Override
        public void begins(String name) {}

        @Override
        public void run(List<Request> requests) {
            for (Request request : requests) {
                if (!request.name().is("SELECT")) {
                    commands.add(text(request));
                }
            }
        }

        @Override
        public void tokenGiven(long token) {
            lastToken = Math.max(lastToken, token);
        }

        @Override
        public long rdb(String name, Disk.Input in) {
            return in.size();
        }

        @Override
        public void progress(long bytes, long of) {}

        @Override
        public void ends() {}
    }

    static String text(Request request) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < request.size(); i++) {
            text.append(i == 0 ? "" : " ").append(request.argument(i).toLatin1());
        }
        return text.toString();
    }

    /** A write that differs from all others. */
    static Request write(Random random, long number) {
        byte[] value = new byte[random.nextInt(4) > 0 ? random.nextInt(30) : random.nextInt(3000)];
        if (random.nextInt(4) > 0) {
            random.nextBytes(value);
        } else {
            java.util.Arrays.fill(value, (byte) " a\"\n".charAt(random.nextInt(4)));
        }
        Bytes key = Bytes.of("k" + number);
        return switch (random.nextInt(5)) {
            case 0 -> new Request(Bytes.of("HPEXPIREAT"), key, Bytes.of(12345), Bytes.of("FIELDS"), Bytes.of(value));
            case 1 ->
                new Request(
                        Bytes.of("HSETEX"),
                        key,
                        Bytes.of("PXAT"),
                        Bytes.of(99),
                        Bytes.of("FIELDS"),
                        Bytes.of(1),
                        Bytes.of("f"),
                        Bytes.of(value));
            default -> new Request(Bytes.of("SET"), key, Bytes.of(value));
        };
    }

    static byte[] resp(String... words) {
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString().getBytes(ISO_8859_1);
    }
}
