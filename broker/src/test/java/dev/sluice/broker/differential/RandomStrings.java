package dev.sluice.broker.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Strings as values, counters and pieces. */
final class RandomStrings extends RandomFamily {
    RandomStrings(Random random) {
        super(random);
        row(2, "OBJECT", () -> List.of("ENCODING", stringKey()));
        row(10, "GET", () -> List.of(stringKey()));
        row(20, "SET", () -> with(List.of(stringKey(), value()), setOptions()));
        row(3, "GETDEL", () -> List.of(stringKey()));
        row(5, "GETEX", () -> with(List.of(stringKey()), random.nextBoolean() ? expiry() : List.of()));
        row(3, "MGET", () -> many(1 + random.nextInt(5), this::stringKey));
        row(4, "MSET", () -> many(1 + random.nextInt(4), this::stringKey, this::value));
        row(6, "INCR", () -> List.of(stringKey()));
        row(4, "DECR", () -> List.of(stringKey()));
        row(4, "INCRBY", () -> List.of(stringKey(), number()));
        row(3, "DECRBY", () -> List.of(stringKey(), number()));
        row(
                3,
                "INCRBYFLOAT",
                () -> List.of(stringKey(), Integer.toString(random.nextInt(1000) - 500) + any(".5", "", ".25", "e1")));
        row(6, "APPEND", () -> List.of(stringKey(), value()));
        row(4, "STRLEN", () -> List.of(stringKey()));
        row(2, "SETNX", () -> List.of(stringKey(), value()));
        row(2, "GETSET", () -> List.of(stringKey(), value()));
        row(2, "MSETNX", () -> many(1 + random.nextInt(2), this::stringKey, this::value));
        row(2, "SETEX", () -> List.of(stringKey(), far(), value()));
        row(2, "PSETEX", () -> List.of(stringKey(), far() + "000", value()));
        row(3, "GETRANGE", () -> List.of(stringKey(), index(), index()));
        row(2, "SUBSTR", () -> List.of(stringKey(), index(), index()));
        row(3, "LCS", () -> with(List.of(stringKey(), stringKey()), lcsOptions()));
        row(3, "SETRANGE", () -> List.of(stringKey(), Integer.toString(random.nextInt(60)), value()));
    }

    private List<String> setOptions() {
        List<String> options = new ArrayList<>();
        for (int left = random.nextInt(5) / 2; left > 0; left--) {
            options.addAll(
                    switch (random.nextInt(6)) {
                        case 0 -> List.of("NX");
                        case 1 -> List.of("XX");
                        case 2 -> List.of("GET");
                        case 3 -> List.of("KEEPTTL");
                        default -> expiry();
                    });
        }
        return options;
    }

    private List<String> lcsOptions() {
        List<String> options = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            options.addAll(
                    switch (random.nextInt(4)) {
                        case 0 -> List.of("LEN");
                        case 1 -> List.of("WITHMATCHLEN");
                        case 2 -> List.of("MINMATCHLEN", number(4));
                        default -> List.of("IDX");
                    });
        }
        return options;
    }
}
