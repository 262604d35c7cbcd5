package dev.sluice.clients.load;

import java.util.List;
import java.util.Locale;

/**
 * A row of the benchmark: the shape of its requests, what must be there before the first round, and what before each.
 * {@code DATA} in a line stands for the payload.
 */
record Workload(String name, String line, List<Step> once, List<Step> eachRound) {
    /** Elements of one request where a list or a set is filled. */
    private static final int FILL = 100;

    private static final String LIST = "bench:list";
    private static final String BITMAP = "bench:bitmap";

    static final List<Workload> ALL = List.of(
            workload("SET", "SET key:{rand} DATA"),
            workload("GET", "GET key:{rand}").needs(new Step("SET key:{seq} DATA", Count.KEYS)),
            workload("INCR", "INCR counter:{rand}"),
            workload("LPUSH", "LPUSH " + LIST + " DATA").beforeEachRound(new Step("DEL " + LIST, Count.ONE)),
            workload("RPOP", "RPOP " + LIST)
                    .beforeEachRound(
                            new Step("DEL " + LIST, Count.ONE),
                            new Step("RPUSH " + LIST + " DATA".repeat(FILL), Count.ROUND)),
            workload("ZADD", "ZADD bench:zset {rand} element:{rand}"),
            workload("SADD", "SADD bench:set element:{rand}"),
            workload("SPOP", "SPOP bench:popped")
                    .beforeEachRound(
                            new Step("DEL bench:popped", Count.ONE),
                            new Step("SADD bench:popped" + manyMembers(), Count.ROUND)),
            workload("HSET", "HSET bench:hash field:{rand} DATA"),
            workload("HGET", "HGET bench:hash field:{rand}")
                    .needs(new Step("HSET bench:hash field:{seq} DATA", Count.KEYS)),
            workload("MSET", "MSET" + " key:{rand} DATA".repeat(10)),
            workload("LRANGE_100", "LRANGE " + LIST + " 0 99")
                    .needs(
                            new Step("DEL " + LIST, Count.ONE),
                            new Step("RPUSH " + LIST + " DATA".repeat(FILL), Count.ONE)),
            workload("ZRANK", "ZRANK bench:zset element:{rand}")
                    .needs(new Step("ZADD bench:zset {rand} element:{seq}", Count.KEYS)),
            workload("ZINCRBY", "ZINCRBY bench:zset 1 element:{rand}")
                    .needs(new Step("ZADD bench:zset {rand} element:{seq}", Count.KEYS)),
            workload("ZREVRANGE_100", "ZREVRANGE bench:zset 0 99 WITHSCORES")
                    .needs(new Step("ZADD bench:zset {rand} element:{seq}", Count.KEYS)),
            workload("ZRANGE_10", "ZRANGE bench:zset 0 9 WITHSCORES")
                    .needs(new Step("ZADD bench:zset {rand} element:{seq}", Count.KEYS)),
            workload("SETBIT", "SETBIT bits:{rand} 1000 1"),
            workload("GETBIT", "GETBIT bits:{rand} 1000").needs(new Step("SETBIT bits:{seq} 1000 1", Count.KEYS)),
            workload("BITCOUNT", "BITCOUNT " + BITMAP).needs(new Step("SET " + BITMAP + " {data:1048576}", Count.ONE)),
            workload("MULTI_EXEC_10", "MULTI" + " ; SET key:{rand} DATA".repeat(10) + " ; EXEC"),
            workload("PING", "PING"));

    /** The rows of a comparison, unless others are chosen. */
    static final List<String> COMPARED = List.of(
            "SET",
            "GET",
            "INCR",
            "LPUSH",
            "RPOP",
            "SADD",
            "SPOP",
            "HSET",
            "HGET",
            "ZADD",
            "ZRANK",
            "MSET",
            "MULTI_EXEC_10",
            "LRANGE_100");

    /** How often a step's request is sent. */
    enum Count {
        ONE,
        /** Once for each key of the key space. */
        KEYS,
        /** So often that a round does not run out of elements. */
        ROUND
    }

    /** Requests that prepare a workload. */
    record Step(String line, Count count) {
        long times(long keys, long operationsExpected) {
            return switch (count) {
                case ONE -> 1;
                case KEYS -> keys;
                case ROUND -> operationsExpected / FILL + 1;
            };
        }
    }

    private static String manyMembers() {
        StringBuilder members = new StringBuilder();
        for (int i = 0; i < FILL; i++) {
            members.append(" element:{seq}:").append(i);
        }
        return members.toString();
    }

    /** The row of that name, or else a row of one's own whose name and shape is the line itself. */
    static Workload of(String nameOrLine) {
        for (Workload workload : ALL) {
            if (workload.name.equals(nameOrLine.toUpperCase(Locale.ROOT))) {
                return workload;
            }
        }
        return workload(nameOrLine, nameOrLine);
    }

    /** A line with its payload. */
    static String withPayload(String line, int payloadBytes) {
        return line.replace("DATA", "{data:" + payloadBytes + "}");
    }

    private static Workload workload(String name, String line) {
        return new Workload(name, line, List.of(), List.of());
    }

    private Workload needs(Step... steps) {
        return new Workload(name, line, List.of(steps), eachRound);
    }

    private Workload beforeEachRound(Step... steps) {
        return new Workload(name, line, once, List.of(steps));
    }
}
