package dev.sluice.broker.differential;

import java.util.List;
import java.util.Random;

/** Sets, and what is made of several. */
final class RandomSets extends RandomFamily {
    RandomSets(Random random) {
        super(random);
        row(14, "SADD", () -> with(List.of(setKey()), many(1 + random.nextInt(4), this::setMember)));
        row(2, "SADD", () -> with(List.of(setKey()), many(150, this::setMember)));
        row(1, "SADD", () -> with(List.of(setKey()), many(400, () -> Integer.toString(random.nextInt(2_000)))));
        row(8, "SREM", () -> with(List.of(setKey()), many(1 + random.nextInt(4), this::setMember)));
        row(5, "SISMEMBER", () -> List.of(setKey(), setMember()));
        row(3, "SMISMEMBER", () -> with(List.of(setKey()), many(1 + random.nextInt(4), this::setMember)));
        row(4, "SCARD", () -> List.of(setKey()));
        row(4, "SMEMBERS", Comparison.SET, () -> List.of(setKey()));
        row(5, "SMOVE", () -> List.of(setKey(), setKey(), setMember()));
        row(2, "SPOP", Comparison.SET, () -> List.of(setKey(), any("0", "100000", "x", "-1", "9223372036854775807")));
        row(3, "SRANDMEMBER", Comparison.parse("shape"), () -> List.of(setKey()));
        row(
                3,
                "SRANDMEMBER",
                Comparison.parse("shape"),
                () -> List.of(setKey(), Integer.toString(random.nextInt(300) - 100)));
        row(1, "SRANDMEMBER", () -> List.of(setKey(), any("0", "x", "1.5", "-9223372036854775808")));
        row(1, "SRANDMEMBER", Comparison.SET, () -> List.of(setKey(), any("100000", "9223372036854775807")));
        for (String name : List.of("SINTER", "SUNION", "SDIFF")) {
            row(3, name, Comparison.SET, () -> many(1 + random.nextInt(4), this::setKey));
            row(1, name, Comparison.SET, () -> many(9 + random.nextInt(4), this::setKey));
            row(3, name + "STORE", () -> with(List.of(setKey()), many(1 + random.nextInt(4), this::setKey)));
        }
        row(
                3,
                "SINTERCARD",
                () -> with(
                        List.of("2", setKey(), setKey()),
                        random.nextBoolean() ? List.of() : List.of("LIMIT", number(12))));
        row(2, "SSCAN", Comparison.SET, () -> List.of(setKey(), "0", "COUNT", "100000"));
        row(1, "SSCAN", Comparison.SET, () -> List.of(setKey(), "0", "MATCH", any("m1*", "1*"), "COUNT", "100000"));
        row(1, "SSCAN", () -> List.of(setKey(), "0", any("NOVALUES", "TYPE"), "5"));
        row(3, "OBJECT", () -> List.of("ENCODING", setKey()));
    }
}
