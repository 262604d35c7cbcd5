package dev.sluice.broker.differential;

import java.util.List;
import java.util.Random;

/** Hashes, with limits of their packed form that change meanwhile. */
final class RandomHashes extends RandomFamily {
    RandomHashes(Random random) {
        super(random);
        row(12, "HSET", () -> with(List.of(hashKey()), many(1 + random.nextInt(4), this::member, this::fieldValue)));
        row(2, "HSET", () -> with(List.of(hashKey()), many(60, this::member, this::number)));
        row(
                1,
                "HSET",
                () -> with(List.of(hashKey()), many(300, () -> Integer.toString(random.nextInt(2_000)), this::number)));
        row(2, "HMSET", () -> with(List.of(hashKey()), many(1 + random.nextInt(4), this::member, this::fieldValue)));
        row(3, "HSETNX", () -> List.of(hashKey(), member(), fieldValue()));
        row(6, "HGET", () -> List.of(hashKey(), member()));
        row(4, "HMGET", () -> with(List.of(hashKey()), many(1 + random.nextInt(4), this::member)));
        row(3, "HLEN", () -> List.of(hashKey()));
        row(3, "HSTRLEN", () -> List.of(hashKey(), member()));
        row(3, "HEXISTS", () -> List.of(hashKey(), member()));
        row(8, "HDEL", () -> with(List.of(hashKey()), many(1 + random.nextInt(6), this::member)));
        row(6, "HINCRBY", () -> List.of(hashKey(), member(), number()));
        row(
                4,
                "HINCRBYFLOAT",
                () -> List.of(
                        hashKey(),
                        member(),
                        Integer.toString(random.nextInt(1000) - 500) + any(".5", "", ".25", "e1")));
        row(4, "HGETALL", Comparison.parse("pairs"), () -> List.of(hashKey()));
        row(2, "HKEYS", Comparison.SET, () -> List.of(hashKey()));
        row(2, "HVALS", Comparison.SET, () -> List.of(hashKey()));
        row(3, "HRANDFIELD", Comparison.parse("shape"), () -> List.of(hashKey()));
        row(
                3,
                "HRANDFIELD",
                Comparison.parse("shape"),
                () -> with(
                        List.of(hashKey(), Integer.toString(random.nextInt(300) - 100)),
                        random.nextBoolean() ? List.of() : List.of("WITHVALUES")));
        row(1, "HRANDFIELD", () -> List.of(hashKey(), any("0", "x", "1.5", "-9223372036854775808")));
        row(1, "HRANDFIELD", Comparison.SET, () -> List.of(hashKey(), any("100000", "9223372036854775807")));
        row(2, "HSCAN", Comparison.SET, () -> List.of(hashKey(), "0", "COUNT", "100000"));
        row(1, "HSCAN", Comparison.SET, () -> List.of(hashKey(), "0", "MATCH", any("m1*", "1*"), "COUNT", "100000"));
        row(1, "HSCAN", () -> List.of(hashKey(), "0", any("FOO", "TYPE"), "5"));
        row(3, "OBJECT", () -> List.of("ENCODING", hashKey()));
        row(1, "CONFIG", () -> List.of("SET", "hash-max-listpack-entries", any("4", "16", "128", "512")));
        row(1, "CONFIG", () -> List.of("SET", "hash-max-listpack-value", any("8", "64", "200")));
    }

    private String fieldValue() {
        return switch (random.nextInt(30)) {
            case 0 -> value();
            case 1 -> "x".repeat(60 + random.nextInt(10));
            case 2, 3 -> random.nextInt(100) + ".5";
            default -> number();
        };
    }
}
