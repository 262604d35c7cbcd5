package dev.sluice.clients.load;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code size} requests of one shape, encoded once in a direct buffer. The shape is a line of words parted by blanks, or
 * several that are sent together, with a {@code ;} between them as a word of its own. In a word {@code {rand}} stands for
 * twelve random digits, {@code {seq}} for twelve ascending ones, {@code {stamp}} for the time of sending (sixteen digits,
 * nanoseconds), {@code {number:N-M}} for a number from N to M, and {@code {data:N}} or {@code {data:N-M}} for N bytes, or
 * a number of bytes from N to M; these are drawn once for each of the requests.
 */
final class Batch {
    private static final Pattern HOLDER = Pattern.compile("\\{(rand|seq|stamp|(data|number):(\\d+)(?:-(\\d+))?)}");

    private final ByteBuffer bytes;
    private final int size;
    private final int[] randomAt;
    private final int[] sequenceAt;
    private final int[] stampAt;

    private Batch(Encoder encoder, int size) {
        byte[] encoded = encoder.out.toByteArray();
        this.bytes = ByteBuffer.allocateDirect(encoded.length).put(encoded).flip();
        this.size = size;
        this.randomAt = positions(encoder.randomAt);
        this.sequenceAt = positions(encoder.sequenceAt);
        this.stampAt = positions(encoder.stampAt);
    }

    /** Encodes {@code size} times what the shape {@code line} is; {@code seed} draws the data sizes. */
    static Batch of(String line, int size, long seed) {
        Encoder encoder = new Encoder(new Random(seed));
        String[] requests = line.strip().split(" +; +");
        for (int i = 0; i < size; i++) {
            for (String request : requests) {
                encoder.request(request.split(" +"));
            }
        }
        return new Batch(encoder, size * requests.length);
    }

    /** One request without place holders. */
    static ByteBuffer encoded(String... words) {
        Encoder encoder = new Encoder(new Random(0));
        encoder.request(words);
        return ByteBuffer.wrap(encoder.out.toByteArray());
    }

    /** Draws new numbers and returns the buffer, ready to be written. */
    ByteBuffer refreshed(Numbers numbers, long now) {
        for (int at : randomAt) {
            Digits.write(bytes, at, numbers.random(), Digits.KEY);
        }
        for (int at : sequenceAt) {
            Digits.write(bytes, at, numbers.next(), Digits.KEY);
        }
        for (int at : stampAt) {
            Digits.write(bytes, at, now, Digits.STAMP);
        }
        return bytes.rewind();
    }

    /** What is still to be written of the last {@link #refreshed}. */
    ByteBuffer remaining() {
        return bytes;
    }

    /** Number of requests, each of which has a reply. */
    int size() {
        return size;
    }

    private static int[] positions(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    /** A place holder in a word: what it stands for, and its index there. */
    private record Holder(String kind, int at) {}

    private static final class Encoder {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final List<Integer> randomAt = new ArrayList<>();
        private final List<Integer> sequenceAt = new ArrayList<>();
        private final List<Integer> stampAt = new ArrayList<>();
        private final Random random;

        Encoder(Random random) {
            this.random = random;
        }

        void request(String[] words) {
            text("*" + words.length + "\r\n");
            for (String word : words) {
                argument(word);
            }
        }

        private void argument(String word) {
            StringBuilder text = new StringBuilder();
            List<Holder> holders = new ArrayList<>();
            Matcher matcher = HOLDER.matcher(word);
            int from = 0;
            while (matcher.find()) {
                text.append(word, from, matcher.start());
                from = matcher.end();
                holders.add(new Holder(matcher.group(1), text.length()));
                text.append(content(matcher));
            }
            text.append(word, from, word.length());
            text("$" + text.length() + "\r\n");
            int start = out.size();
            for (Holder holder : holders) {
                place(holder.kind(), start + holder.at());
            }
            text(text.append("\r\n").toString());
        }

        private String content(Matcher matcher) {
            return switch (matcher.group(1)) {
                case "rand", "seq" -> "0".repeat(Digits.KEY);
                case "stamp" -> "0".repeat(Digits.STAMP);
                default -> drawn(matcher);
            };
        }

        private String drawn(Matcher matcher) {
            long least = Long.parseLong(matcher.group(3));
            long most = matcher.group(4) == null ? least : Long.parseLong(matcher.group(4));
            long number = random.nextLong(least, most + 1);
            return matcher.group(2).equals("data") ? "x".repeat((int) number) : Long.toString(number);
        }

        private void place(String kind, int at) {
            switch (kind) {
                case "rand" -> randomAt.add(at);
                case "seq" -> sequenceAt.add(at);
                case "stamp" -> stampAt.add(at);
                default -> {}
            }
        }

        private void text(String text) {
            out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }
}
