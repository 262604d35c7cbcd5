package dev.sluice.broker.differential;

import java.util.List;
import java.util.Random;

/** HyperLogLogs, also as the strings that they are. */
final class RandomHyperLogLogs extends RandomFamily {
    RandomHyperLogLogs(Random random) {
        super(random);
        row(8, "PFADD", () -> with(List.of(hyperLogLogKey()), many(random.nextInt(5), this::element)));
        row(2, "PFADD", () -> with(List.of(hyperLogLogKey()), many(300, () -> Long.toString(random.nextLong()))));
        row(6, "PFCOUNT", () -> List.of(hyperLogLogKey()));
        row(2, "PFCOUNT", () -> many(1 + random.nextInt(4), this::hyperLogLogKey));
        row(3, "PFMERGE", () -> many(1 + random.nextInt(4), this::hyperLogLogKey));
        row(2, "PFDEBUG", () -> List.of(any("DECODE", "ENCODING", "TODENSE", "encoding", "x"), hyperLogLogKey()));
        row(1, "PFDEBUG", () -> List.of("GETREG", hyperLogLogKey()));
        row(6, "GET", () -> List.of(hyperLogLogKey()));
        row(2, "DEL", () -> List.of(hyperLogLogKey()));
    }

    /** Beside the others: what becomes of one that is no HyperLogLog any more is soon always the same. */
    private String hyperLogLogKey() {
        return random.nextInt(25) == 0 ? key() : "p" + random.nextInt(KEYS);
    }
}
