package dev.sluice.broker.commands;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;

/** The deterministic effects that several families state for the journal. */
final class Effects {
    private static final Bytes SET = Bytes.of("SET");
    private static final Bytes PXAT = Bytes.of("PXAT");
    private static final Bytes KEEPTTL = Bytes.of("KEEPTTL");
    private static final Bytes DEL = Bytes.of("DEL");
    private static final Bytes PERSIST = Bytes.of("PERSIST");
    private static final Bytes PEXPIREAT = Bytes.of("PEXPIREAT");

    private Effects() {}

    static Request set(Bytes key, Bytes value) {
        return new Request(SET, key, value);
    }

    static Request set(Bytes key, Bytes value, long expireAtMs) {
        return new Request(SET, key, value, PXAT, Bytes.of(expireAtMs));
    }

    static Request setKeepTtl(Bytes key, Bytes value) {
        return new Request(SET, key, value, KEEPTTL);
    }

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
