package dev.sluice.broker.differential;

import java.util.List;
import java.util.Random;

/** Commands that are of no type. */
final class RandomOthers extends RandomFamily {
    RandomOthers(Random random) {
        super(random);
        row(1, "PING", () -> random.nextBoolean() ? List.of() : List.of(value()));
        row(1, "ECHO", () -> List.of(value()));
        row(1, "PUBLISH", () -> List.of(key(), value()));
        row(1, "SPUBLISH", () -> List.of(key(), value()));
        row(1, "EXEC", List::of);
        row(1, "DISCARD", List::of);
        row(1, "UNWATCH", List::of);
        row(1, "SLOWLOG", () -> List.of("GET", "0"));
        row(1, "LATENCY", () -> random.nextBoolean() ? List.of("HISTORY", value()) : List.of("RESET", value()));
        row(1, "NOSUCHCOMMAND", () -> List.of(key(), value()));
    }
}
