package dev.sluice.broker.commands;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The deterministic effects that several families state for the journal. */
final class Effects {
    private static final Bytes SET = Bytes.of("SET");
    private static final Bytes PXAT = Bytes.of("PXAT");
    private static final Bytes KEEPTTL = Bytes.of("KEEPTTL");
    private static final Bytes HSET = Bytes.of("HSET");
    private static final Bytes HSETEX = Bytes.of("HSETEX");
    private static final Bytes HDEL = Bytes.of("HDEL");
    private static final Bytes HPERSIST = Bytes.of("HPERSIST");
    private static final Bytes HPEXPIREAT = Bytes.of("HPEXPIREAT");
    private static final Bytes FIELDS = Bytes.of("FIELDS");
    private static final Bytes ZADD = Bytes.of("ZADD");
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

    static Request hset(Bytes key, Bytes field, Bytes value) {
        return new Request(HSET, key, field, value);
    }

    static Request hsetKeepTtl(Bytes key, Bytes field, Bytes value) {
        return new Request(HSETEX, key, KEEPTTL, FIELDS, Bytes.of(1), field, value);
    }

    /** With the fields and values, and what stands before them, that a request has from an argument on. */
    static Request hset(Bytes key, long expireAtMs, Request request, int from) {
        return withRest(request, from, HSETEX, key, PXAT, Bytes.of(expireAtMs));
    }

    /** Of the fields that a request names from an argument on. */
    static Request hdel(Bytes key, Request request, int from) {
        return withRest(request, from, HDEL, key);
    }

    static Request hdel(Bytes key, List<Bytes> fields) {
        return with(fields, HDEL, key);
    }

    /** With scores and members in turn. */
    static Request zadd(Bytes key, List<Bytes> scoresAndMembers) {
        return with(scoresAndMembers, ZADD, key);
    }

    private static Request with(List<Bytes> rest, Bytes... words) {
        List<Bytes> all = new ArrayList<>(words.length + rest.size());
        all.addAll(List.of(words));
        all.addAll(rest);
        return Request.of(all);
    }

    /** Of the fields that a request names, and what stands before them, from an argument on. */
    static Request hpersist(Bytes key, Request request, int from) {
        return withRest(request, from, HPERSIST, key);
    }

    /** As {@link #hpersist}. */
    static Request hexpireAt(Bytes key, long atMs, Request request, int from) {
        return withRest(request, from, HPEXPIREAT, key, Bytes.of(atMs));
    }

    private static Request withRest(Request request, int from, Bytes... words) {
        Bytes[] all = Arrays.copyOf(words, words.length + request.size() - from);
        for (int i = from; i < request.size(); i++) {
            all[words.length + i - from] = request.argument(i);
        }
        return new Request(all);
    }

    /** Removes a key, with that as the effect of the call. Returns whether it was there. */
    static boolean delete(Call call, Bytes key) {
        boolean there = call.database().delete(key);
        if (there) {
            call.effect(del(key));
            call.changed(key, Event.DEL);
        }
        return there;
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
