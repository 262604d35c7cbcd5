package dev.sluice.broker.differential;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Commands of all families over a few keys, so that types meet, with weights, options, and now and then an argument too
 * many, too few or of the wrong kind. What depends on the clock is kept from mattering: times to live are far apart and
 * long, or already over.
 */
final class RandomCommands {
    /** Keys of each type. */
    private static final int KEYS = 6;

    private static final String[] SPOILS = {
        "",
        "abc",
        "-1",
        "0",
        "1",
        " 1",
        "1 ",
        "+1",
        "01",
        "1.5",
        "-0",
        "0x10",
        "1e3",
        "nan",
        "inf",
        "-inf",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "18446744073709551616",
        "NX",
        "XX",
        "(1",
        "\r\n\u00ff"
    };

    /**
     * With a spoilt timeout they might wait for ever, with a spoilt count answer without end or leave other members to each
     * server; a cursor other than 0 means something else to each.
     */
    private static final Set<String> UNSPOILT = Set.of(
            "BLPOP",
            "BRPOP",
            "BLMOVE",
            "BRPOPLPUSH",
            "BLMPOP",
            "SCAN",
            "SSCAN",
            "SPOP",
            "SRANDMEMBER",
            "HSCAN",
            "HRANDFIELD",
            "BZPOPMIN",
            "BZPOPMAX",
            "BZMPOP",
            "ZSCAN",
            "ZRANDMEMBER",
            "SLOWLOG",
            "LATENCY");

    /** With a 1 they would set a time that is over for the one server and not yet for the other. */
    private static final Set<String> TIMED = Set.of("EXPIRE", "PEXPIRE", "SET", "SETEX", "PSETEX", "GETEX", "MSETEX");

    private final Random random;
    private final List<Row> rows = new ArrayList<>();
    private final List<Command> queued = new ArrayList<>();
    private int weights;

    /** Absent commands are those that the subject does not know. */
    RandomCommands(Random random, Set<String> absent) {
        this.random = random;
        strings();
        bits();
        hyperLogLogs();
        keys();
        lists();
        sets();
        hashes();
        sortedSets();
        others();
        rows.removeIf(row -> absent.contains(row.name));
        rows.forEach(row -> weights += row.weight);
    }

    /** A command and how its replies compare. */
    record Command(List<byte[]> words, Comparison comparison) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (byte[] word : words) {
                String shown = Resp.show(word);
                boolean plain = word.length > 0 && !shown.contains("\\") && !shown.contains(" ");
                text.append(text.isEmpty() ? "" : " ")
                        .append(plain ? shown : '"' + (word.length == 0 ? "" : shown) + '"');
            }
            return text.toString();
        }

        boolean is(String name) {
            return new String(words.get(0), StandardCharsets.ISO_8859_1).equalsIgnoreCase(name);
        }
    }

    private record Row(
            String name, int weight, Comparison comparison, boolean mayBeSpoilt, Supplier<List<String>> words) {}

    /** Names of all commands that may come. */
    static Set<String> names() {
        Set<String> names = new java.util.TreeSet<>();
        new RandomCommands(new Random(0), Set.of()).rows.forEach(row -> names.add(row.name));
        names.addAll(Set.of("MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH"));
        return names;
    }

    Command next() {
        if (queued.isEmpty() && random.nextInt(60) == 0) {
            transaction();
        }
        return queued.isEmpty() ? any() : queued.removeFirst();
    }

    private void transaction() {
        if (random.nextInt(3) == 0) {
            queued.add(command(Comparison.BYTES, "WATCH", key()));
            if (random.nextBoolean()) {
                queued.add(any());
            }
            if (random.nextInt(4) == 0) {
                queued.add(command(Comparison.BYTES, "UNWATCH"));
            }
        }
        queued.add(command(Comparison.BYTES, "MULTI"));
        for (int left = random.nextInt(6); left > 0; left--) {
            Command inside = any();
            // The reply of EXEC is compared as a whole.
            if (inside.comparison().equals(Comparison.BYTES)) {
                queued.add(inside);
            }
        }
        queued.add(command(Comparison.BYTES, random.nextInt(6) == 0 ? "DISCARD" : "EXEC"));
    }

    private Command any() {
        int at = random.nextInt(weights);
        for (Row row : rows) {
            at -= row.weight;
            if (at < 0) {
                List<String> words = new ArrayList<>(row.words.get());
                words.addFirst(row.name);
                if (random.nextInt(30) == 0 && row.mayBeSpoilt && !UNSPOILT.contains(row.name)) {
                    spoil(words);
                }
                if (random.nextInt(20) == 0) {
                    words.set(0, words.get(0).toLowerCase(java.util.Locale.ROOT));
                }
                return command(row.comparison, words.toArray(String[]::new));
            }
        }
        throw new IllegalStateException("weights do not add up");
    }

    private void spoil(List<String> words) {
        // A cursor other than 0 means something to the server alone that gave it.
        int first = words.getFirst().equals("SCAN") ? 2 : 1;
        int at = first + random.nextInt(words.size() + 1 - first);
        switch (random.nextInt(4)) {
            case 0 -> words.add(at, spoilFor(words.getFirst()));
            case 1 -> {
                if (at < words.size()) {
                    words.remove(at);
                }
            }
            default -> {
                // A key is left alone most of the time: what comes after it is more telling.
                if (at < words.size() && (at > 1 || random.nextInt(5) == 0)) {
                    words.set(at, spoilFor(words.getFirst()));
                }
            }
        }
    }

    private String spoilFor(String name) {
        String spoil = any(SPOILS);
        return spoil.equals("1") && TIMED.contains(name) ? "0" : spoil;
    }

    private static Command command(Comparison comparison, String... words) {
        List<byte[]> bytes = new ArrayList<>();
        for (String word : words) {
            bytes.add(word.getBytes(StandardCharsets.ISO_8859_1));
        }
        return new Command(bytes, comparison);
    }

    private void row(int weight, String name, Supplier<List<String>> words) {
        row(weight, name, Comparison.BYTES, words);
    }

    /** For what one argument too many, or of another kind, would make another thing to each server. */
    private void unspoilt(int weight, String name, Supplier<List<String>> words) {
        rows.add(new Row(name, weight, Comparison.BYTES, false, words));
    }

    private void row(int weight, String name, Comparison comparison, Supplier<List<String>> words) {
        rows.add(new Row(name, weight, comparison, true, words));
    }

    private void strings() {
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

    private void bits() {
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

    private void hyperLogLogs() {
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

    private void keys() {
        row(3, "DEL", () -> many(1 + random.nextInt(2), this::key));
        row(1, "UNLINK", () -> many(1 + random.nextInt(2), this::key));
        row(4, "EXISTS", () -> many(1 + random.nextInt(3), this::key));
        row(4, "TYPE", () -> List.of(key()));
        row(
                2,
                "KEYS",
                Comparison.SET,
                () -> List.of(any("*", "k?", "k1*", "k[0-5]", "[^k]*", "k1[!2]", "?*", "k\\1", "")));
        row(2, "SCAN", Comparison.SET, () -> List.of("0", "COUNT", "1000"));
        row(2, "SCAN", Comparison.SET, () -> with(List.of("0", "COUNT", "1000"), List.of("MATCH", "k1*")));
        row(
                2,
                "SCAN",
                Comparison.SET,
                () -> with(
                        List.of("0", "COUNT", "1000"),
                        List.of("TYPE", any("list", "zset", "set", "hash", "STRING", "x"))));
        row(2, "DBSIZE", List::of);
        row(2, "RENAME", () -> List.of(key(), key()));
        row(2, "RENAMENX", () -> List.of(key(), key()));
        row(2, "COPY", () -> with(List.of(key(), key()), random.nextBoolean() ? List.of("REPLACE") : List.of()));
        row(1, "COPY", () -> List.of(key(), key(), "DB", any("0", "1", "16"), "REPLACE"));
        row(2, "MOVE", () -> List.of(key(), any("0", "1", "1", "16")));
        row(1, "SWAPDB", () -> List.of("0", any("0", "1", "16")));
        row(4, "TTL", Comparison.near(5), () -> List.of(key()));
        row(3, "PTTL", Comparison.near(5_000), () -> List.of(key()));
        row(2, "EXPIRETIME", Comparison.near(5), () -> List.of(key()));
        row(2, "PEXPIRETIME", Comparison.near(5_000), () -> List.of(key()));
        row(5, "EXPIRE", () -> with(List.of(key(), random.nextInt(40) == 0 ? "-1" : far()), condition()));
        row(3, "PEXPIRE", () -> with(List.of(key(), random.nextInt(40) == 0 ? "0" : far() + "000"), condition()));
        row(3, "EXPIREAT", () -> with(List.of(key(), random.nextInt(40) == 0 ? "1" : farAway()), condition()));
        row(3, "PEXPIREAT", () -> with(List.of(key(), random.nextInt(40) == 0 ? "1" : farAway() + "000"), condition()));
        row(4, "PERSIST", () -> List.of(key()));
        row(4, "OBJECT", () -> List.of("ENCODING", key()));
        row(2, "MEMORY", Comparison.parse("type"), () -> with(List.of("USAGE", key()), memoryOptions()));
        row(1, "TOUCH", () -> many(1 + random.nextInt(3), this::key));
        row(1, "FLUSHDB", () -> random.nextInt(20) == 0 ? List.of() : List.of("x"));
        row(1, "SELECT", () -> List.of(any("0", "0", "1", "16", "-1")));
    }

    private void lists() {
        row(8, "LPUSH", () -> with(List.of(listKey()), many(1 + random.nextInt(4), this::element)));
        row(8, "RPUSH", () -> with(List.of(listKey()), many(1 + random.nextInt(4), this::element)));
        row(1, "RPUSH", () -> with(List.of(listKey()), many(200, this::element)));
        row(6, "LPOP", () -> with(List.of(listKey()), random.nextBoolean() ? List.of() : List.of(number(12))));
        row(6, "RPOP", () -> with(List.of(listKey()), random.nextBoolean() ? List.of() : List.of(number(12))));
        row(4, "LLEN", () -> List.of(listKey()));
        row(8, "LRANGE", () -> List.of(listKey(), index(), index()));
        row(1, "RPUSH", () -> with(List.of(listKey()), many(60, () -> binary(random.nextInt(600)))));
        row(2, "LPUSHX", () -> with(List.of(listKey()), many(1 + random.nextInt(2), this::element)));
        row(2, "RPUSHX", () -> with(List.of(listKey()), many(1 + random.nextInt(2), this::element)));
        row(3, "LINDEX", () -> List.of(listKey(), index()));
        row(4, "LSET", () -> List.of(listKey(), index(), element()));
        row(4, "LINSERT", () -> List.of(listKey(), any("BEFORE", "AFTER"), element(), element()));
        row(3, "LREM", () -> List.of(listKey(), any("", "-") + number(5), element()));
        row(2, "LTRIM", () -> List.of(listKey(), index(), index()));
        row(2, "LTRIM", () -> List.of(listKey(), number(3), "-" + (1 + random.nextInt(3))));
        row(3, "LPOS", () -> with(List.of(listKey(), element()), lposOptions()));
        row(3, "LMOVE", () -> List.of(listKey(), listKey(), side(), side()));
        row(2, "RPOPLPUSH", () -> List.of(listKey(), listKey()));
        row(2, "LMPOP", () -> with(listsAndSide(), random.nextBoolean() ? List.of() : List.of("COUNT", number(12))));
        // As long as nothing else pushes meanwhile, these end at once or soon.
        row(1, "BLPOP", () -> with(many(1 + random.nextInt(3), this::listKey), List.of("0.001")));
        row(1, "BRPOP", () -> with(many(1 + random.nextInt(3), this::listKey), List.of("0.001")));
        row(2, "BLMOVE", () -> List.of(listKey(), listKey(), side(), side(), "0.001"));
        row(1, "BRPOPLPUSH", () -> List.of(listKey(), listKey(), "0.001"));
        row(2, "BLMPOP", () -> with(with(List.of("0.001"), listsAndSide()), List.of("COUNT", "1" + number(9))));
    }

    private String side() {
        return any("LEFT", "RIGHT");
    }

    private List<String> listsAndSide() {
        int keys = 1 + random.nextInt(3);
        return with(with(List.of(Integer.toString(keys)), many(keys, this::listKey)), List.of(side()));
    }

    private List<String> lposOptions() {
        List<String> options = new ArrayList<>();
        if (random.nextBoolean()) {
            options.addAll(List.of("RANK", any("1", "2", "-1", "-2")));
        }
        if (random.nextBoolean()) {
            options.addAll(List.of("COUNT", number(4)));
        }
        if (random.nextInt(3) == 0) {
            options.addAll(List.of("MAXLEN", number(20)));
        }
        return options;
    }

    private void sets() {
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

    private void hashes() {
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

    private void sortedSets() {
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

    private void others() {
        row(1, "PING", () -> random.nextBoolean() ? List.of() : List.of(value()));
        row(1, "ECHO", () -> List.of(value()));
        row(1, "PUBLISH", () -> List.of(key(), value()));
        row(1, "EXEC", List::of);
        row(1, "DISCARD", List::of);
        row(1, "UNWATCH", List::of);
        row(1, "SLOWLOG", () -> List.of("GET", "0"));
        row(1, "LATENCY", () -> random.nextBoolean() ? List.of("HISTORY", value()) : List.of("RESET", value()));
        row(1, "NOSUCHCOMMAND", () -> List.of(key(), value()));
    }

    private List<String> memoryOptions() {
        return random.nextInt(4) == 0 ? List.of("SAMPLES", any("0", "5", "-1", "x")) : List.of();
    }

    private String key() {
        return "k" + random.nextInt(5 * KEYS);
    }

    private String stringKey() {
        return keyFrom(0);
    }

    private String listKey() {
        return keyFrom(KEYS);
    }

    private String sortedSetKey() {
        return keyFrom(2 * KEYS);
    }

    private String setKey() {
        return keyFrom(3 * KEYS);
    }

    private String hashKey() {
        return keyFrom(4 * KEYS);
    }

    /** Beside the others: what becomes of one that is no HyperLogLog any more is soon always the same. */
    private String hyperLogLogKey() {
        return random.nextInt(25) == 0 ? key() : "p" + random.nextInt(KEYS);
    }

    /** Mostly a key where the family is at home, so that not everything is refused for its type. */
    private String keyFrom(int first) {
        return random.nextInt(25) == 0 ? key() : "k" + (first + random.nextInt(KEYS));
    }

    private String value() {
        return switch (random.nextInt(12)) {
            case 0 -> "";
            case 1, 2, 3 -> number();
            case 4 -> "x".repeat(40 + random.nextInt(10));
            case 5 -> binary(random.nextInt(300));
            case 6 -> random.nextInt(20) == 0 ? binary(random.nextInt(100_000)) : "big";
            case 7 -> random.nextInt(100) + ".5";
            default -> "v" + random.nextInt(1000);
        };
    }

    private String element() {
        return random.nextInt(3) > 0 ? "e" + random.nextInt(10) : value();
    }

    private String member() {
        return switch (random.nextInt(20)) {
            case 0 -> binary(random.nextInt(80));
            case 1, 2, 3, 4, 5, 6 -> "m" + random.nextInt(400);
            default -> "m" + random.nextInt(20);
        };
    }

    private String setMember() {
        return switch (random.nextInt(40)) {
            case 0, 1 -> member();
            case 2 -> number();
            default -> Integer.toString(random.nextInt(800) - 100);
        };
    }

    private String fieldValue() {
        return switch (random.nextInt(30)) {
            case 0 -> value();
            case 1 -> "x".repeat(60 + random.nextInt(10));
            case 2, 3 -> random.nextInt(100) + ".5";
            default -> number();
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

    private String binary(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(256));
        }
        return text.toString();
    }

    private String number() {
        return switch (random.nextInt(16)) {
            case 0 -> "9223372036854775807";
            case 1 -> "-9223372036854775808";
            case 2 -> Long.toString(random.nextLong());
            default -> Integer.toString(random.nextInt(200) - 100);
        };
    }

    private String number(int limit) {
        return random.nextInt(25) == 0 ? number() : Integer.toString(random.nextInt(limit + 2) - 2);
    }

    private String index() {
        return switch (random.nextInt(12)) {
            case 0 -> number();
            case 1, 2, 3 -> "0";
            case 4, 5, 6 -> "-1";
            default -> Integer.toString(random.nextInt(60) - 30);
        };
    }

    /** Seconds to live: no two alike in practice, so that no comparison of times hangs on milliseconds. */
    private String far() {
        return Integer.toString(10_000 + random.nextInt(1_000_000_000));
    }

    private String farAway() {
        return Long.toString(4_000_000_000L + random.nextInt(1_000_000_000));
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

    private List<String> expiry() {
        return switch (random.nextInt(5)) {
            case 0 -> List.of("EX", far());
            case 1 -> List.of("PX", far() + "000");
            case 2 -> List.of("EXAT", farAway());
            case 3 -> List.of("PXAT", farAway() + "000");
            default -> List.of("PERSIST");
        };
    }

    private List<String> condition() {
        return switch (random.nextInt(8)) {
            case 0 -> List.of("NX");
            case 1 -> List.of("XX");
            case 2 -> List.of("GT");
            case 3 -> List.of("LT");
            case 4 -> List.of(any("NX", "XX", "GT", "LT"), any("NX", "XX", "GT", "LT"));
            default -> List.of();
        };
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

    private static List<String> with(List<String> words, List<String> more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(more);
        return all;
    }

    @SafeVarargs
    private static List<String> many(int times, Supplier<String>... words) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            for (Supplier<String> word : words) {
                all.add(word.get());
            }
        }
        return all;
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
