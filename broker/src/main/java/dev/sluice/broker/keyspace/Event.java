package dev.sluice.broker.keyspace;

/** What happened to a key, as keyspace notifications name it, with its class letter of notify-keyspace-events. */
public enum Event {
    SET('$', "set"),
    APPEND('$', "append"),
    SETRANGE('$', "setrange"),
    SETBIT('$', "setbit"),
    INCRBY('$', "incrby"),
    INCRBYFLOAT('$', "incrbyfloat"),
    PFADD('$', "pfadd"),
    LPUSH('l', "lpush"),
    RPUSH('l', "rpush"),
    LPOP('l', "lpop"),
    RPOP('l', "rpop"),
    LINSERT('l', "linsert"),
    LSET('l', "lset"),
    LREM('l', "lrem"),
    LTRIM('l', "ltrim"),
    SORTSTORE('l', "sortstore"),
    SADD('s', "sadd"),
    SREM('s', "srem"),
    SPOP('s', "spop"),
    SINTERSTORE('s', "sinterstore"),
    SUNIONSTORE('s', "sunionstore"),
    SDIFFSTORE('s', "sdiffstore"),
    HSET('h', "hset"),
    HINCRBY('h', "hincrby"),
    HINCRBYFLOAT('h', "hincrbyfloat"),
    ZADD('z', "zadd"),
    ZINCR('z', "zincr"),
    ZREM('z', "zrem"),
    ZREMRANGEBYRANK('z', "zremrangebyrank"),
    ZREMRANGEBYSCORE('z', "zremrangebyscore"),
    ZREMRANGEBYLEX('z', "zremrangebylex"),
    ZPOPMIN('z', "zpopmin"),
    ZPOPMAX('z', "zpopmax"),
    ZRANGESTORE('z', "zrangestore"),
    ZUNIONSTORE('z', "zunionstore"),
    ZINTERSTORE('z', "zinterstore"),
    ZDIFFSTORE('z', "zdiffstore"),
    GEOSEARCHSTORE('z', "geosearchstore"),
    GEORADIUSSTORE('z', "georadiusstore"),
    HDEL('h', "hdel"),
    HEXPIRE('h', "hexpire"),
    HPERSIST('h', "hpersist"),
    SEXPIRE('s', "sexpire"),
    SPERSIST('s', "spersist"),
    ZEXPIRE('z', "zexpire"),
    ZPERSIST('z', "zpersist"),
    DEL('g', "del"),
    EXPIRE('g', "expire"),
    PERSIST('g', "persist"),
    RENAME_FROM('g', "rename_from"),
    RENAME_TO('g', "rename_to"),
    MOVE_FROM('g', "move_from"),
    MOVE_TO('g', "move_to"),
    RESTORE('g', "restore"),
    COPY_TO('g', "copy_to"),
    EXPIRED('x', "expired"),
    HEXPIRED('h', "hexpired"),
    SEXPIRED('s', "sexpired"),
    ZEXPIRED('z', "zexpired"),
    EVICTED('e', "evicted"),
    NEW('n', "new"),
    MISS('m', "keymiss"),
    /** Of no class: watchers and caches hear of it, notifications do not. PFCOUNT keeps what it has computed. */
    UNTOLD(' ', "");

    private final char kind;
    private final String text;

    Event(char kind, String text) {
        this.kind = kind;
        this.text = text;
    }

    /** Letter of the class in notify-keyspace-events. */
    public char kind() {
        return kind;
    }

    /** The event's name on the wire. */
    public String text() {
        return text;
    }
}
