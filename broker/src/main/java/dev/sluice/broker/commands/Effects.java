package dev.sluice.broker.commands;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;

/** The deterministic effects that several families state for the journal. */
final class Effects {
    private static final Bytes DEL = Bytes.of("DEL");
    private static final Bytes PERSIST = Bytes.of("PERSIST");
    private static final Bytes PEXPIREAT = Bytes.of("PEXPIREAT");

    private Effects() {}

    static Request del(Bytes key) {
        return new Request(DEL, key);
    }

    static Request persist(Bytes key) {
        return new Request(PERSIST, key);
    }

    static Request expireAt(Bytes key, long atMs) {
        return new Request(PEXPIREAT, key, Bytes.of(atMs));
    }
}
