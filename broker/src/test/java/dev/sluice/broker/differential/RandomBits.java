package dev.sluice.broker.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Strings as bits and as fields of integers. */
final class RandomBits extends RandomFamily {
    RandomBits(Random random) {
        super(random);
        row(5, "SETBIT", () -> List.of(stringKey(), bitOffset(), any("0", "1")));
        row(4, "GETBIT", () -> List.of(stringKey(), bitOffset()));
        row(3, "BITCOUNT", () -> with(List.of(stringKey()), bitRange(2)));
        row(4, "BITPOS", () -> with(List.of(stringKey(), any("0", "1")), bitRange(1)));
        row(
                4,
                "BITOP",
                () -> with(
                        List.of(any("AND", "OR", "XOR"), stringKey()), many(1 + random.nextInt(3), this::stringKey)));
        row(2, "BITOP", () -> List.of("NOT", stringKey(), stringKey()));
        row(6, "BITFIELD", () -> with(List.of(stringKey()), bitfieldOperations(true)));
        row(2, "BITFIELD_RO", () -> with(List.of(stringKey()), bitfieldOperations(false)));
    }

    private String bitOffset() {
        return Integer.toString(random.nextInt(random.nextInt(50) == 0 ? 1_000_000 : 400));
    }

    /** Nothing, or a start, an end and a unit, or the first {@code least} of them at least. */
    private List<String> bitRange(int least) {
        String factor = any("", "", "0");
        List<String> all = List.of(index() + factor, index() + factor, any("BIT", "BYTE", "bit"));
        return random.nextInt(4) == 0 ? List.of() : all.subList(0, least + random.nextInt(all.size() + 1 - least));
    }

    private List<String> bitfieldOperations(boolean writes) {
        List<String> operations = new ArrayList<>();
        for (int left = random.nextInt(5); left > 0; left--) {
            if (writes && random.nextInt(3) == 0) {
                operations.addAll(List.of("OVERFLOW", any("WRAP", "SAT", "FAIL")));
            }
            String type = random.nextBoolean() ? "i" + (1 + random.nextInt(64)) : "u" + (1 + random.nextInt(63));
            String offset = (random.nextInt(4) == 0 ? "#" + random.nextInt(9) : bitOffset());
            if (writes && random.nextInt(3) > 0) {
                operations.addAll(List.of(any("SET", "INCRBY"), type, offset, number()));
            } else {
                operations.addAll(List.of("GET", type, offset));
            }
        }
        return operations;
    }
}
