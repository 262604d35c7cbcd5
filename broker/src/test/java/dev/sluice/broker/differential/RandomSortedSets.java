package dev.sluice.broker.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Sorted sets by rank, score and bytes, and what is made of several. */
final class RandomSortedSets extends RandomFamily {
    RandomSortedSets(Random random) {
        super(random);
        row(
                14,
                "ZADD",
                () -> with(
                        with(List.of(sortedSetKey()), zaddOptions()),
                        many(1 + random.nextInt(4), this::score, this::member)));
        row(1, "ZADD", () -> with(List.of(sortedSetKey()), many(150, this::score, this::member)));
        row(5, "ZINCRBY", () -> List.of(sortedSetKey(), score(), member()));
        row(5, "ZSCORE", () -> List.of(sortedSetKey(), member()));
        unspoilt(4, "ZRANK", () -> List.of(sortedSetKey(), member()));
        unspoilt(4, "ZREVRANK", () -> List.of(sortedSetKey(), member()));
        row(4, "ZCARD", () -> List.of(sortedSetKey()));
        row(5, "ZREM", () -> with(List.of(sortedSetKey()), many(1 + random.nextInt(2), this::member)));
        row(9, "ZRANGE", () -> with(List.of(sortedSetKey(), index(), index()), rangeOptions()));
        row(
                4,
                "ZREVRANGE",
                () -> with(
                        List.of(sortedSetKey(), index(), index()),
                        random.nextBoolean() ? List.of("WITHSCORES") : List.of()));
        row(3, "ZCOUNT", () -> List.of(sortedSetKey(), bound(), bound()));
        row(2, "ZMSCORE", () -> with(List.of(sortedSetKey()), many(3, this::member)));
        row(2, "ZSCAN", Comparison.SET, () -> List.of(sortedSetKey(), "0", "COUNT", "100000"));
        row(1, "ZSCAN", Comparison.SET, () -> List.of(sortedSetKey(), "0", "MATCH", "m1*", "COUNT", "100000"));
        row(3, "OBJECT", () -> List.of("ENCODING", sortedSetKey()));
        sortedSetRanges();
        sortedSetPops();
        sortedSetAlgebra();
        sortedSetsByBytes();
    }

    private void sortedSetRanges() {
        row(3, "ZRANGEBYSCORE", () -> with(List.of(sortedSetKey(), bound(), bound()), rangeOptions()));
        row(3, "ZREVRANGEBYSCORE", () -> with(List.of(sortedSetKey(), bound(), bound()), rangeOptions()));
        row(
                3,
                "ZRANGE",
                () -> with(with(List.of(sortedSetKey(), bound(), bound()), List.of("BYSCORE")), rangeOptions()));
        row(3, "ZRANGESTORE", () -> with(List.of(sortedSetKey(), sortedSetKey(), index(), index()), rangeOptions()));
        row(
                2,
                "ZRANGESTORE",
                () -> with(List.of(sortedSetKey(), sortedSetKey(), bound(), bound(), "BYSCORE"), rangeOptions()));
        row(2, "ZREMRANGEBYRANK", () -> List.of(sortedSetKey(), index(), index()));
        row(2, "ZREMRANGEBYSCORE", () -> List.of(sortedSetKey(), bound(), bound()));
    }

    private void sortedSetPops() {
        for (String name : List.of("ZPOPMIN", "ZPOPMAX")) {
            row(2, name, () -> with(List.of(sortedSetKey()), random.nextBoolean() ? List.of() : List.of(number(5))));
            row(1, "B" + name, () -> with(many(1 + random.nextInt(3), this::sortedSetKey), List.of("0.001")));
        }
        row(
                2,
                "ZMPOP",
                () -> with(
                        List.of("2", sortedSetKey(), sortedSetKey(), any("MIN", "MAX")),
                        random.nextBoolean() ? List.of() : List.of("COUNT", number(12))));
        row(1, "BZMPOP", () -> List.of("0.001", "1", sortedSetKey(), any("MIN", "MAX"), "COUNT", number(12)));
        row(2, "ZRANDMEMBER", Comparison.parse("shape"), () -> List.of(sortedSetKey()));
        row(
                2,
                "ZRANDMEMBER",
                Comparison.parse("shape"),
                () -> with(
                        List.of(sortedSetKey(), Integer.toString(random.nextInt(300) - 100)),
                        random.nextBoolean() ? List.of() : List.of("WITHSCORES")));
        row(1, "ZRANDMEMBER", () -> List.of(sortedSetKey(), any("0", "x", "100000"), any("WITHSCORES", "x")));
    }

    private void sortedSetAlgebra() {
        for (String name : List.of("ZUNION", "ZINTER", "ZDIFF")) {
            row(
                    3,
                    name,
                    () -> with(
                            scoredKeys(),
                            with(aggregation(name), random.nextBoolean() ? List.of() : List.of("WITHSCORES"))));
            row(3, name + "STORE", () -> with(List.of(sortedSetKey()), with(scoredKeys(), aggregation(name))));
        }
        row(2, "ZINTERCARD", () -> with(scoredKeys(), random.nextBoolean() ? List.of() : List.of("LIMIT", number(12))));
    }

    /** Of keys where all scores are the same: else what a range by bytes means is up to each server. */
    private void sortedSetsByBytes() {
        unspoilt(4, "ZADD", () -> with(List.of(lexKey()), many(1 + random.nextInt(4), () -> "0", this::member)));
        unspoilt(1, "ZADD", () -> with(List.of(lexKey()), many(150, () -> "0", this::member)));
        row(2, "ZREM", () -> List.of(lexKey(), member()));
        row(3, "ZLEXCOUNT", () -> List.of(lexKey(), lexBound(), lexBound()));
        row(3, "ZRANGEBYLEX", () -> with(List.of(lexKey(), lexBound(), lexBound()), rangeOptions()));
        row(3, "ZREVRANGEBYLEX", () -> with(List.of(lexKey(), lexBound(), lexBound()), rangeOptions()));
        row(3, "ZRANGE", () -> with(List.of(lexKey(), lexBound(), lexBound(), "BYLEX"), rangeOptions()));
        row(
                2,
                "ZRANGESTORE",
                () -> with(List.of(sortedSetKey(), lexKey(), lexBound(), lexBound(), "BYLEX"), rangeOptions()));
        row(1, "ZREMRANGEBYLEX", () -> List.of(lexKey(), lexBound(), lexBound()));
    }

    private List<String> scoredKeys() {
        int count = 1 + random.nextInt(4);
        return with(
                List.of(Integer.toString(count)),
                many(count, () -> random.nextInt(5) == 0 ? setKey() : sortedSetKey()));
    }

    /** WEIGHTS fit where there are two keys. */
    private List<String> aggregation(String name) {
        if (name.equals("ZDIFF") || random.nextBoolean()) {
            return List.of();
        }
        List<String> weights = List.of("WEIGHTS", score(), score());
        List<String> aggregate = List.of("AGGREGATE", any("SUM", "MIN", "MAX", "max"));
        return switch (random.nextInt(3)) {
            case 0 -> weights;
            case 1 -> aggregate;
            default -> with(weights, aggregate);
        };
    }

    private String lexKey() {
        return "x" + random.nextInt(3);
    }

    private String lexBound() {
        return random.nextInt(6) == 0 ? any("-", "+", "") : any("[", "(") + any("m", member());
    }

    private List<String> zaddOptions() {
        List<String> options = new ArrayList<>();
        for (int left = random.nextInt(6) / 2; left > 0; left--) {
            options.add(any("NX", "XX", "GT", "LT", "CH", "INCR", "gt", "ch"));
        }
        return options;
    }

    private List<String> rangeOptions() {
        return switch (random.nextInt(8)) {
            case 0, 1 -> List.of("WITHSCORES");
            case 2 -> List.of("REV");
            case 3 -> List.of("REV", "WITHSCORES");
            case 4 -> List.of("LIMIT", index(), index());
            default -> List.of();
        };
    }

    private String score() {
        return switch (random.nextInt(14)) {
            case 0 -> any("inf", "-inf", "+inf", "Infinity", "0", "-0", "1e-310", "1e308", "-1e308");
            case 1 -> Double.toString(random.nextGaussian() * 1e10);
            case 2 -> Double.toString(random.nextDouble());
            case 3 -> any("0x10", "1e3", "1E-3", ".5", "5.", "3.0", "17179869184", "9007199254740993", "0.1");
            default -> Integer.toString(random.nextInt(20) - 10);
        };
    }

    private String bound() {
        return any("", "(") + any("-inf", "+inf", Integer.toString(random.nextInt(20) - 10));
    }
}
