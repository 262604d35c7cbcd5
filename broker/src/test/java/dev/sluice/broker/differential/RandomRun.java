package dev.sluice.broker.differential;

import dev.sluice.broker.differential.RandomCommands.Command;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands against two servers in lock step, pipelined in batches. Afterwards DEBUG DIGEST of both must agree. A
 * difference is shrunk to the few commands that bring it about.
 */
final class RandomRun {
    private static final int BATCH = 500;

    /** Fewer, so that a difference in events is near the command that makes it. */
    private static final int HEARD_BATCH = 25;

    private static final int SHRINKING_RUNS_MAX = 400;

    private final Target reference;
    private final Target subject;
    private final Deviations deviations;
    private final int protocol;
    private boolean hearsEvents;
    private int heard;
    private final Set<String> encodings = new HashSet<>();

    RandomRun(Target reference, Target subject, Deviations deviations, int protocol) {
        this.reference = reference;
        this.subject = subject;
        this.deviations = deviations;
        this.protocol = protocol;
    }

    /** Also compares what is published of the keys, after each few commands. */
    RandomRun hearingEvents() {
        hearsEvents = true;
        return this;
    }

    /** Events that redis-server published. */
    int heard() {
        return heard;
    }

    /** What redis-server has answered to OBJECT ENCODING. */
    Set<String> encodings() {
        return encodings;
    }

    /** Where two servers first differ: after {@code step} commands, or at the end. */
    private record Difference(int step, String what, boolean hangs) {}

    /** A text for a person, or null when the servers agree in every reply and at the end in their data. */
    @Nullable
    String difference(List<Command> commands) throws IOException {
        Difference found = play(commands);
        if (found == null) {
            return null;
        }
        if (found.hangs) {
            // Each attempt to shrink would wait as long.
            return "step " + found.step + ": " + found.what + " after "
                    + commands.subList(Math.max(0, found.step - 10), found.step);
        }
        List<Command> fewest = shrink(commands.subList(0, Math.min(found.step + 1, commands.size())));
        Difference again = play(fewest);
        String shrunk = again == null ? "(it does not show without the others)" : again.what;
        StringBuilder text = new StringBuilder("step " + found.step + ": " + found.what + "\nshrunk to:\n");
        fewest.forEach(command -> text.append("  ").append(command).append('\n'));
        return text.append(shrunk).toString();
    }

    /** Names of those commands that a server does not know. */
    static Set<String> absent(Target target, Set<String> names) throws IOException {
        Set<String> absent = new HashSet<>();
        try (RawConnection connection = RawConnection.open(target)) {
            for (String name : names) {
                Resp info = Resp.parse(connection.ask("COMMAND", "INFO", name));
                boolean known = info.items().size() == 1 && info.items().get(0).isAggregate();
                if (!known && !name.equals("NOSUCHCOMMAND")) {
                    absent.add(name);
                }
            }
        }
        return absent;
    }

    /** DEBUG DIGEST of all databases. */
    static String digest(Target target) throws IOException {
        try (RawConnection connection = RawConnection.open(target)) {
            return Resp.show(connection.ask("DEBUG", "DIGEST"));
        }
    }

    private @Nullable Difference play(List<Command> commands) throws IOException {
        return hearsEvents ? playHearing(commands) : playInBatches(commands);
    }

    private @Nullable Difference playHearing(List<Command> commands) throws IOException {
        try (RawConnection one = open(reference);
                RawConnection other = open(subject);
                EventFeed expected = new EventFeed(reference);
                EventFeed actual = new EventFeed(subject)) {
            for (int from = 0; from < commands.size(); from += HEARD_BATCH) {
                List<Command> batch = commands.subList(from, Math.min(from + HEARD_BATCH, commands.size()));
                Difference found = play(batch, from, one, other);
                if (found != null) {
                    return found;
                }
                List<String> events = expected.take();
                List<String> others = actual.take();
                heard += events.size();
                if (!events.equals(others)) {
                    int last = from + batch.size() - 1;
                    String what = "\n  redis-server: " + events + "\n  subject:      " + others;
                    return new Difference(last, batch + " tell" + what, false);
                }
            }
            return compareData(commands.size());
        }
    }

    private @Nullable Difference playInBatches(List<Command> commands) throws IOException {
        try (RawConnection one = open(reference);
                RawConnection other = open(subject)) {
            for (int from = 0; from < commands.size(); from += BATCH) {
                List<Command> batch = commands.subList(from, Math.min(from + BATCH, commands.size()));
                Difference found = play(batch, from, one, other);
                if (found != null) {
                    return found;
                }
            }
            return compareData(commands.size());
        }
    }

    private @Nullable Difference play(List<Command> batch, int from, RawConnection one, RawConnection other)
            throws IOException {
        byte[] bytes = encode(batch);
        one.send(bytes);
        other.send(bytes);
        for (int i = 0; i < batch.size(); i++) {
            Difference found = next(from + i, batch.get(i), one, other);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable Difference next(int step, Command command, RawConnection one, RawConnection other)
            throws IOException {
        String waitingFor = "redis-server";
        try {
            byte[] expected = one.read();
            if (command.is("OBJECT")) {
                encodings.add(Resp.parse(expected).text());
            }
            waitingFor = "the subject";
            byte[] actual = other.read();
            if (deviations.of(command.words(), command.comparison()).agree(expected, actual)) {
                return null;
            }
            String what = "\n  redis-server: " + Resp.show(expected) + "\n  subject:      " + Resp.show(actual);
            return new Difference(step, command + what, false);
        } catch (SocketTimeoutException timeout) {
            return new Difference(step, command + ": no answer from " + waitingFor, true);
        }
    }

    private RawConnection open(Target target) throws IOException {
        RawConnection connection = RawConnection.open(target);
        connection.ask("FLUSHALL");
        // Random commands change these.
        connection.ask("CONFIG", "SET", "hash-max-listpack-entries", "512", "hash-max-listpack-value", "64");
        if (protocol == 3) {
            connection.ask("HELLO", "3");
        }
        return connection;
    }

    private static byte[] encode(List<Command> commands) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        commands.forEach(command -> bytes.writeBytes(RawConnection.encode(command.words())));
        return bytes.toByteArray();
    }

    private @Nullable Difference compareData(int steps) throws IOException {
        String one = digest(reference);
        String other = digest(subject);
        if (one.equals(other)) {
            return null;
        }
        return new Difference(
                steps,
                "DEBUG DIGEST differs\n  redis-server: " + one + "\n  subject:      " + other + differingKeys(),
                false);
    }

    private String differingKeys() throws IOException {
        StringBuilder text = new StringBuilder();
        try (RawConnection one = RawConnection.open(reference);
                RawConnection other = RawConnection.open(subject)) {
            for (String database : List.of("0", "1")) {
                one.ask("SELECT", database);
                other.ask("SELECT", database);
                Set<String> keys = new java.util.TreeSet<>();
                Resp.parse(one.ask("KEYS", "*")).items().forEach(key -> keys.add(key.text()));
                Resp.parse(other.ask("KEYS", "*")).items().forEach(key -> keys.add(key.text()));
                for (String key : keys) {
                    byte[] mine = one.ask("DEBUG", "DIGEST-VALUE", key);
                    if (!Arrays.equals(mine, other.ask("DEBUG", "DIGEST-VALUE", key))) {
                        text.append("\n  differs: database ")
                                .append(database)
                                .append(", ")
                                .append(key);
                    }
                }
            }
        }
        return text.toString();
    }

    /** Leaves out what can be left out with some difference still showing: first other keys, then halves, then single ones. */
    private List<Command> shrink(List<Command> commands) throws IOException {
        List<Command> fewest = commands;
        Command last = commands.getLast();
        List<Command> related = filter(commands, command -> sharesKey(command, last));
        if (related.size() < fewest.size() && play(related) != null) {
            fewest = related;
        }
        int runs = 0;
        for (int size = fewest.size() / 2; size >= 1 && runs < SHRINKING_RUNS_MAX; ) {
            boolean smaller = false;
            for (int from = 0; from < fewest.size() && runs < SHRINKING_RUNS_MAX; ) {
                List<Command> without = new ArrayList<>(fewest.subList(0, from));
                without.addAll(fewest.subList(Math.min(from + size, fewest.size()), fewest.size()));
                runs++;
                Difference still = play(without);
                if (still == null) {
                    from += size;
                } else {
                    fewest = without.subList(0, Math.min(still.step + 1, without.size()));
                    smaller = true;
                }
            }
            size = size == 1 && !smaller ? 0 : Math.max(1, size / 2);
        }
        return fewest;
    }

    private static List<Command> filter(List<Command> commands, Predicate<Command> wanted) {
        return commands.stream().filter(wanted).toList();
    }

    /** Commands without keys may matter to all. */
    private static boolean sharesKey(Command one, Command other) {
        Set<String> mine = keys(one);
        Set<String> its = keys(other);
        return mine.isEmpty() || its.isEmpty() || mine.stream().anyMatch(its::contains);
    }

    private static Set<String> keys(Command command) {
        Set<String> keys = new HashSet<>();
        for (byte[] word : command.words()) {
            String text = new String(word, StandardCharsets.ISO_8859_1);
            if (text.matches("k\\d+")) {
                keys.add(text);
            }
        }
        return keys;
    }
}
