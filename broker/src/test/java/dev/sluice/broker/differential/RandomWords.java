package dev.sluice.broker.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** What random commands are made of: keys where each family is at home, values, numbers, times. */
class RandomWords {
    /** Keys of each type. */
    static final int KEYS = 6;

    /** Strings, lists, sorted sets, sets, hashes: their keys follow each other in this order. */
    private static final int FAMILIES = 5;

    final Random random;

    RandomWords(Random random) {
        this.random = random;
    }

    final String key() {
        return "k" + random.nextInt(FAMILIES * KEYS);
    }

    final String stringKey() {
        return keyFrom(0);
    }

    final String listKey() {
        return keyFrom(KEYS);
    }

    final String sortedSetKey() {
        return keyFrom(2 * KEYS);
    }

    final String setKey() {
        return keyFrom(3 * KEYS);
    }

    final String hashKey() {
        return keyFrom(4 * KEYS);
    }

    /** Mostly a key where the family is at home, so that not everything is refused for its type. */
    final String keyFrom(int first) {
        return random.nextInt(25) == 0 ? key() : "k" + (first + random.nextInt(KEYS));
    }

    final String value() {
        return switch (random.nextInt(12)) {
            case 0 -> "";
            case 1, 2, 3 -> number();
            case 4 -> "x".repeat(40 + random.nextInt(10));
            case 5 -> binary(random.nextInt(300));
            case 6 -> random.nextInt(20) == 0 ? binary(random.nextInt(100_000)) : "big";
            case 7 -> random.nextInt(100) + ".5";
            default -> "v" + random.nextInt(1000);
        };
    }

    final String element() {
        return random.nextInt(3) > 0 ? "e" + random.nextInt(10) : value();
    }

    final String member() {
        return switch (random.nextInt(20)) {
            case 0 -> binary(random.nextInt(80));
            case 1, 2, 3, 4, 5, 6 -> "m" + random.nextInt(400);
            default -> "m" + random.nextInt(20);
        };
    }

    final String setMember() {
        return switch (random.nextInt(40)) {
            case 0, 1 -> member();
            case 2 -> number();
            default -> Integer.toString(random.nextInt(800) - 100);
        };
    }

    final String binary(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(256));
        }
        return text.toString();
    }

    final String number() {
        return switch (random.nextInt(16)) {
            case 0 -> "9223372036854775807";
            case 1 -> "-9223372036854775808";
            case 2 -> Long.toString(random.nextLong());
            default -> Integer.toString(random.nextInt(200) - 100);
        };
    }

    final String number(int limit) {
        return random.nextInt(25) == 0 ? number() : Integer.toString(random.nextInt(limit + 2) - 2);
    }

    final String index() {
        return switch (random.nextInt(12)) {
            case 0 -> number();
            case 1, 2, 3 -> "0";
            case 4, 5, 6 -> "-1";
            default -> Integer.toString(random.nextInt(60) - 30);
        };
    }

    /** Seconds to live: no two alike in practice, so that no comparison of times hangs on milliseconds. */
    final String far() {
        return Integer.toString(10_000 + random.nextInt(1_000_000_000));
    }

    final String farAway() {
        return Long.toString(4_000_000_000L + random.nextInt(1_000_000_000));
    }

    final List<String> expiry() {
        return switch (random.nextInt(5)) {
            case 0 -> List.of("EX", far());
            case 1 -> List.of("PX", far() + "000");
            case 2 -> List.of("EXAT", farAway());
            case 3 -> List.of("PXAT", farAway() + "000");
            default -> List.of("PERSIST");
        };
    }

    static List<String> with(List<String> words, List<String> more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(more);
        return all;
    }

    @SafeVarargs
    static List<String> many(int times, Supplier<String>... words) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            for (Supplier<String> word : words) {
                all.add(word.get());
            }
        }
        return all;
    }

    final String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
