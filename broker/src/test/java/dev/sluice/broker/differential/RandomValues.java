package dev.sluice.broker.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Commands that make values of every type but streams, of sizes and elements that need every encoding. */
final class RandomValues {
    private static final int KINDS = 6;
    private static final int SIZE_BITS = 11;

    private final Random random;

    RandomValues(Random random) {
        this.random = random;
    }

    /** One command that makes the value of a key; six keys of different {@code i} that follow each other are of all kinds. */
    String[] command(String key, int i) {
        int size = 1 + random.nextInt(1 << random.nextInt(SIZE_BITS));
        List<String> words = switch (i % KINDS) {
            case 0 -> new ArrayList<>(List.of("SET", key, element()));
            case 1 -> many("RPUSH", key, size, this::element);
            case 2 -> many("SADD", key, size, this::element);
            case 3 -> many("SADD", key, size, () -> Long.toString(integer()));
            case 4 -> many("HSET", key, size, this::element, this::element);
            default -> many("ZADD", key, size, this::score, this::element);
        };
        return words.toArray(String[]::new);
    }

    @SafeVarargs
    private static List<String> many(String command, String key, int size, Supplier<String>... each) {
        List<String> words = new ArrayList<>(List.of(command, key));
        for (int i = 0; i < size; i++) {
            for (Supplier<String> next : each) {
                words.add(next.get());
            }
        }
        return words;
    }

    String element() {
        return switch (random.nextInt(8)) {
            case 0 -> "";
            case 1, 2 -> Long.toString(integer());
            case 3 -> "word".repeat(random.nextInt(40));
            case 4 -> "x".repeat(random.nextInt(20) == 0 ? random.nextInt(40_000) : 3);
            default -> "member" + random.nextInt(10_000);
        };
    }

    long integer() {
        return random.nextLong() >> random.nextInt(Long.SIZE);
    }

    private String score() {
        return switch (random.nextInt(6)) {
            case 0 -> "inf";
            case 1 -> "-inf";
            case 2 -> Long.toString(integer() >> 12);
            case 3 -> Double.toString(random.nextGaussian() * 1e30);
            default -> Double.toString(random.nextDouble());
        };
    }

    /** Text that does not compress. */
    static String noise(Random random, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) (' ' + random.nextInt(95)));
        }
        return text.toString();
    }
}
