package dev.sluice.broker.endtoend;

import java.util.Random;

/** Writes of every type, over so many keys that they take a few hundred megabytes, half of them with a time to live. */
public final class RandomWrites {
    private static final int KEYS = 20_000;
    private static final int MEMBERS = 1_000;
    private static final int SMALL_BYTES = 200;
    private static final int MEDIUM_BYTES = 5_000;
    private static final int LARGE_BYTES = 500_000;

    private final Random random;

    public RandomWrites(Random random) {
        this.random = random;
    }

    /** The next command. No two types have a key in common. */
    public String[] next() {
        return switch (random.nextInt(26)) {
            case 0, 1, 2 -> words("SET", key("s"), value());
            case 3 -> words("SET", key("s"), value(), "EX", "10000");
            case 4 -> words("APPEND", key("s"), value());
            case 5 -> words("SETRANGE", key("s"), Integer.toString(random.nextInt(20_000)), value());
            case 6 -> words("SETBIT", key("b"), Integer.toString(random.nextInt(100_000)), "1");
            case 7 -> words("INCR", key("n"));
            case 8 -> words("PFADD", key("p"), member(), member(), member());
            case 9, 10 -> words("RPUSH", key("l"), value(), member(), value());
            case 11 -> words("LPUSH", key("l"), member());
            case 12 -> words(random.nextBoolean() ? "LPOP" : "RPOP", key("l"));
            case 13 -> words("LMOVE", key("l"), key("l"), "LEFT", "RIGHT");
            case 14, 15 -> words("HSET", key("h"), member(), value(), member(), member());
            case 16 -> words("HDEL", key("h"), member());
            case 17 -> words("SADD", key("t"), member(), member(), value());
            case 18 -> words("SADD", key("i"), number(), number(), number());
            case 19 -> words("SREM", key("t"), member());
            case 20 -> words("ZADD", key("z"), number(), member(), number(), value());
            case 21 -> words("ZREM", key("z"), member());
            case 22 -> words("GEOADD", key("g"), "13.361389", "38.115556", member());
            case 23 -> words("ZUNIONSTORE", key("z"), "2", key("z"), key("z"));
            case 24 -> words("EXPIRE", key(anyType()), "10000");
            default -> words(random.nextBoolean() ? "DEL" : "UNLINK", key(anyType()));
        };
    }

    private String anyType() {
        return String.valueOf("sbnplhtizg".charAt(random.nextInt(10)));
    }

    /** Few of the collections, so that they grow. */
    private String key(String type) {
        return type + ":" + random.nextInt("sn".contains(type) ? KEYS : KEYS / 50);
    }

    private String member() {
        return "member" + random.nextInt(MEMBERS);
    }

    private String number() {
        return Integer.toString(random.nextInt(MEMBERS * MEMBERS));
    }

    private String value() {
        int size = random.nextInt(100);
        int most = size < 80 ? SMALL_BYTES : random.nextInt(200) > 0 ? MEDIUM_BYTES : LARGE_BYTES;
        return "v".repeat(1 + random.nextInt(most));
    }

    private static String[] words(String... words) {
        return words;
    }
}
