package dev.sluice.broker.differential;

import java.util.List;
import java.util.Random;

/** What commands do with keys of any type. */
final class RandomKeys extends RandomFamily {
    RandomKeys(Random random) {
        super(random);
        row(3, "DEL", () -> many(1 + random.nextInt(2), this::key));
        row(1, "UNLINK", () -> many(1 + random.nextInt(2), this::key));
        row(4, "EXISTS", () -> many(1 + random.nextInt(3), this::key));
        row(4, "TYPE", () -> List.of(key()));
        row(
                2,
                "KEYS",
                Comparison.SET,
                () -> List.of(any("*", "k?", "k1*", "k[0-5]", "[^k]*", "k1[!2]", "?*", "k\\1", "")));
        row(2, "SCAN", Comparison.SET, () -> List.of("0", "COUNT", "1000"));
        row(2, "SCAN", Comparison.SET, () -> with(List.of("0", "COUNT", "1000"), List.of("MATCH", "k1*")));
        row(
                2,
                "SCAN",
                Comparison.SET,
                () -> with(
                        List.of("0", "COUNT", "1000"),
                        List.of("TYPE", any("list", "zset", "set", "hash", "STRING", "x"))));
        row(2, "DBSIZE", List::of);
        row(2, "RENAME", () -> List.of(key(), key()));
        row(2, "RENAMENX", () -> List.of(key(), key()));
        row(2, "COPY", () -> with(List.of(key(), key()), random.nextBoolean() ? List.of("REPLACE") : List.of()));
        row(1, "COPY", () -> List.of(key(), key(), "DB", any("0", "1", "16"), "REPLACE"));
        row(2, "MOVE", () -> List.of(key(), any("0", "1", "1", "16")));
        row(1, "SWAPDB", () -> List.of("0", any("0", "1", "16")));
        row(4, "TTL", Comparison.near(5), () -> List.of(key()));
        row(3, "PTTL", Comparison.near(5_000), () -> List.of(key()));
        row(2, "EXPIRETIME", Comparison.near(5), () -> List.of(key()));
        row(2, "PEXPIRETIME", Comparison.near(5_000), () -> List.of(key()));
        row(5, "EXPIRE", () -> with(List.of(key(), random.nextInt(40) == 0 ? "-1" : far()), condition()));
        row(3, "PEXPIRE", () -> with(List.of(key(), random.nextInt(40) == 0 ? "0" : far() + "000"), condition()));
        row(3, "EXPIREAT", () -> with(List.of(key(), random.nextInt(40) == 0 ? "1" : farAway()), condition()));
        row(3, "PEXPIREAT", () -> with(List.of(key(), random.nextInt(40) == 0 ? "1" : farAway() + "000"), condition()));
        row(4, "PERSIST", () -> List.of(key()));
        row(4, "OBJECT", () -> List.of("ENCODING", key()));
        row(2, "MEMORY", Comparison.parse("type"), () -> with(List.of("USAGE", key()), memoryOptions()));
        row(1, "TOUCH", () -> many(1 + random.nextInt(3), this::key));
        row(1, "FLUSHDB", () -> random.nextInt(20) == 0 ? List.of() : List.of("x"));
        row(1, "SELECT", () -> List.of(any("0", "0", "1", "16", "-1")));
    }

    private List<String> condition() {
        return switch (random.nextInt(8)) {
            case 0 -> List.of("NX");
            case 1 -> List.of("XX");
            case 2 -> List.of("GT");
            case 3 -> List.of("LT");
            case 4 -> List.of(any("NX", "XX", "GT", "LT"), any("NX", "XX", "GT", "LT"));
            default -> List.of();
        };
    }

    private List<String> memoryOptions() {
        return random.nextInt(4) == 0 ? List.of("SAMPLES", any("0", "5", "-1", "x")) : List.of();
    }
}
