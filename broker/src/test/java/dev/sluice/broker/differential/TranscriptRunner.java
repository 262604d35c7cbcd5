package dev.sluice.broker.differential;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Plays sections of transcripts against two servers in lock step and collects where they differ. */
final class TranscriptRunner {
    private static final int DIFFERENCES_MAX = 20;
    private static final long SETTLE_MS_MAX = 3_000;
    private static final Pattern CLIENT = Pattern.compile("\\bflags=");
    private static final Pattern BLOCKED_CLIENT = Pattern.compile("\\bflags=\\w*b");
    /** The one that transcripts use. */
    private static final String PASSWORD = "secret";

    private static final String FENCE = "fence-of-the-harness";

    private final Target reference;
    private final Target subject;
    private final Deviations deviations;

    TranscriptRunner(Target reference, Target subject, Deviations deviations) {
        this.reference = reference;
        this.subject = subject;
        this.deviations = deviations;
    }

    /** Where the servers differ, as texts for a person; empty when they agree. */
    List<String> differences(Transcript transcript, Transcript.Section section, int protocol) throws IOException {
        try (Side expected = new Side(reference, protocol);
                Side actual = new Side(subject, protocol)) {
            return new Run(transcript.name() + " [RESP" + protocol + "]", expected, actual).play(section);
        }
    }

    private final class Run {
        private final String where;
        private final Side expected;
        private final Side actual;
        private final List<String> differences = new ArrayList<>();

        Run(String where, Side expected, Side actual) {
            this.where = where;
            this.expected = expected;
            this.actual = actual;
        }

        List<String> play(Transcript.Section section) throws IOException {
            expected.clear();
            actual.clear();
            for (Transcript.Step step : section.steps()) {
                try {
                    play(step);
                } catch (SocketTimeoutException timeout) {
                    differ(step, step.source(), "a server did not answer in time (" + timeout.getMessage() + ")");
                    return differences;
                }
                if (differences.size() >= DIFFERENCES_MAX) {
                    differences.add("... and perhaps more");
                    return differences;
                }
            }
            checkNothingIsLeft(section);
            return differences;
        }

        private void play(Transcript.Step step) throws IOException {
            switch (step) {
                case Transcript.Ask ask when ask.scans() -> scan(ask);
                case Transcript.Ask ask -> ask(ask);
                case Transcript.Raw raw -> {
                    expected.connection(raw.connection()).send(raw.bytes());
                    actual.connection(raw.connection()).send(raw.bytes());
                    compareNext(raw, raw.source(), raw.comparison());
                }
                case Transcript.Read read -> {
                    compareNext(read, read.source(), read.comparison(), read.replies());
                    expected.blocked.remove(read.connection());
                    actual.blocked.remove(read.connection());
                }
                case Transcript.Close close -> {
                    expected.close(close.connection());
                    actual.close(close.connection());
                }
            }
        }

        private void ask(Transcript.Ask ask) throws IOException {
            long now = System.currentTimeMillis();
            List<byte[]> words = expected.words(ask, now);
            Comparison comparison = deviations.of(words, ask.comparison());
            if (comparison.kind() == Comparison.Kind.ABSENT) {
                return;
            }
            expected.connection(ask.connection()).send(words);
            actual.connection(ask.connection()).send(actual.words(ask, now));
            if (ask.blocks()) {
                if (!expected.waitUntilBlocked(ask.connection())) {
                    differ(ask, ask.source(), "redis-server does not block here: the transcript is wrong");
                }
                if (!actual.waitUntilBlocked(ask.connection())) {
                    differ(ask, ask.source(), "the subject does not block here");
                }
                return;
            }
            byte[][] replies = compareNext(ask, shown(words), comparison);
            if (!ask.keepAs().isEmpty()) {
                expected.variables.put(ask.keepAs(), Resp.parse(replies[0]).text());
                actual.variables.put(ask.keepAs(), Resp.parse(replies[1]).text());
            }
        }

        private byte[][] compareNext(Transcript.Step step, String command, Comparison comparison) throws IOException {
            return compareNext(step, command, comparison, 1);
        }

        /** Several replies compare as one that has them as its items. */
        private byte[][] compareNext(Transcript.Step step, String command, Comparison comparison, int replies)
                throws IOException {
            byte[] one = expected.read(step.connection(), replies, "redis-server");
            byte[] other = actual.read(step.connection(), replies, "the subject");
            if (!comparison.agree(one, other)) {
                String how = comparison.equals(Comparison.BYTES) ? "" : "\n  compared as:  " + comparison;
                differ(
                        step,
                        command,
                        "\n  redis-server: " + Resp.show(one) + "\n  subject:      " + Resp.show(other) + how);
            }
            return new byte[][] {one, other};
        }

        private void scan(Transcript.Ask ask) throws IOException {
            List<byte[]> words = expected.words(ask, 0);
            if (deviations.of(words, Comparison.SET).kind() == Comparison.Kind.ABSENT) {
                return;
            }
            Resp one = expected.scanned(ask.connection(), words);
            Resp other = actual.scanned(ask.connection(), words);
            if (!one.equals(other)) {
                differ(ask, shown(words), "\n  redis-server: " + one + "\n  subject:      " + other);
            }
        }

        /** Whatever a server has still said on some connection comes before the answer to a PING. */
        private void checkNothingIsLeft(Transcript.Section section) throws IOException {
            for (String name : expected.connections.keySet()) {
                if (expected.blocked.contains(name) || actual.blocked.contains(name)) {
                    continue;
                }
                String one = expected.rest(name);
                String other = actual.rest(name);
                if (!one.equals(other)) {
                    differences.add(where + " at the end of \"" + section.title() + "\", unread on [" + name
                            + "]\n  redis-server: " + one + "\n  subject:      " + other);
                }
            }
        }

        private void differ(Transcript.Step step, String command, String what) {
            String shown = command.length() > 300 ? command.substring(0, 300) + "..." : command;
            differences.add(where + " line " + step.line() + ": " + shown + " " + what);
        }

        private static String shown(List<byte[]> words) {
            StringBuilder text = new StringBuilder();
            for (byte[] word : words) {
                text.append(text.isEmpty() ? "" : " ").append(word.length == 0 ? "\"\"" : Resp.show(word));
            }
            return text.toString();
        }
    }

    /** One server with the connections that a section has to it. */
    private static final class Side implements AutoCloseable {
        private final Target target;
        private final int protocol;
        private final RawConnection control;
        private final Map<String, RawConnection> connections = new LinkedHashMap<>();
        private final Map<String, String> variables = new HashMap<>();
        private final List<String> blocked = new ArrayList<>();

        Side(Target target, int protocol) throws IOException {
            this.target = target;
            this.protocol = protocol;
            this.control = RawConnection.open(target);
        }

        void clear() throws IOException {
            // A section that failed may have left its password behind.
            if (control.ask("PING")[0] == '-') {
                control.ask("AUTH", PASSWORD);
                control.ask("CONFIG", "SET", "requirepass", "");
            }
            control.ask("FLUSHALL");
            waitFor(CLIENT, count -> count <= 1);
        }

        RawConnection connection(String name) throws IOException {
            RawConnection known = connections.get(name);
            if (known != null) {
                return known;
            }
            RawConnection opened = RawConnection.open(target);
            if (protocol == 3) {
                opened.ask("HELLO", "3");
            } else {
                // So that the connection is known to the server before the next step.
                opened.ask("PING");
            }
            connections.put(name, opened);
            return opened;
        }

        byte[] read(String name, int replies, String who) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            if (replies > 1) {
                all.writeBytes(("*" + replies + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
            try {
                for (int i = 0; i < replies; i++) {
                    byte[] reply = connection(name).read();
                    if (reply.length == 0) {
                        return reply;
                    }
                    all.writeBytes(reply);
                }
                return all.toByteArray();
            } catch (SocketTimeoutException timeout) {
                SocketTimeoutException named =
                        new SocketTimeoutException(who + ", after: " + Resp.show(all.toByteArray()));
                named.initCause(timeout);
                throw named;
            }
        }

        List<byte[]> words(Transcript.Ask ask, long now) {
            List<byte[]> words = new ArrayList<>();
            for (Transcript.Word word : ask.words()) {
                words.add(word.variable().isEmpty() ? word.bytes() : value(word.variable(), now));
            }
            return words;
        }

        private byte[] value(String variable, long now) {
            Matcher time = Pattern.compile("(sec|ms)([+-]\\d+)?").matcher(variable);
            String text = variables.getOrDefault(variable, "?" + variable);
            if (time.matches()) {
                long more = time.group(2) == null ? 0 : Long.parseLong(time.group(2));
                text = Long.toString((time.group(1).equals("sec") ? now / 1000 : now) + more);
            }
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }

        boolean waitUntilBlocked(String name) throws IOException {
            blocked.add(name);
            RawConnection connection = connection(name);
            return waitFor(BLOCKED_CLIENT, count -> {
                try {
                    return count >= blocked.size() || connection.hasMore();
                } catch (IOException e) {
                    return false;
                }
            });
        }

        void close(String name) throws IOException {
            connection(name).close();
            connections.remove(name);
            blocked.remove(name);
            waitFor(CLIENT, count -> count <= connections.size() + 1);
        }

        /** Polls CLIENT LIST until so many lines match as wanted; says whether it came to that within the limit. */
        private boolean waitFor(Pattern line, Predicate<Long> wanted) throws IOException {
            long limit = System.nanoTime() + SETTLE_MS_MAX * 1_000_000;
            while (System.nanoTime() < limit) {
                Resp clients = Resp.parse(control.ask("CLIENT", "LIST"));
                if (clients.type() == '-') {
                    return false;
                }
                if (wanted.test(line.matcher(clients.text()).results().count())) {
                    return true;
                }
            }
            return false;
        }

        /** All that a SCAN, or SSCAN and its kin, returns until its cursor is 0, each once, sorted. */
        Resp scanned(String name, List<byte[]> words) throws IOException {
            RawConnection connection = connection(name);
            List<byte[]> next = new ArrayList<>(words);
            int cursorAt = words.getFirst().length == "SCAN".length() ? 1 : 2;
            java.util.TreeSet<String> seen = new java.util.TreeSet<>();
            for (int i = 0; i < 100_000; i++) {
                connection.send(next);
                Resp reply = Resp.parse(connection.read());
                if (reply.items().size() != 2) {
                    return reply;
                }
                reply.items().get(1).items().forEach(item -> seen.add(item.text()));
                String cursor = reply.items().get(0).text();
                if (cursor.equals("0")) {
                    return new Resp('~', seen.toString(), List.of());
                }
                next.set(cursorAt, cursor.getBytes(StandardCharsets.ISO_8859_1));
            }
            return new Resp('-', "the cursor never came back to 0", List.of());
        }

        String rest(String name) throws IOException {
            RawConnection connection = connections.get(name);
            StringBuilder rest = new StringBuilder();
            connection.send(List.of("PING".getBytes(StandardCharsets.UTF_8), FENCE.getBytes(StandardCharsets.UTF_8)));
            for (int i = 0; i < 1_000; i++) {
                byte[] reply;
                try {
                    reply = connection.read();
                } catch (SocketTimeoutException timeout) {
                    return rest + " (no answer to PING)";
                }
                String text = Resp.show(reply);
                boolean last =
                        reply.length == 0 || reply[0] == '-' || text.contains(FENCE) || text.startsWith("+QUEUED");
                rest.append(last && text.contains(FENCE) ? "" : text);
                if (last) {
                    break;
                }
            }
            return rest.toString();
        }

        @Override
        public void close() throws IOException {
            for (RawConnection connection : connections.values()) {
                connection.close();
            }
            control.close();
        }
    }
}
