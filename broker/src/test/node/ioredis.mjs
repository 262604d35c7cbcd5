// ioredis against a broker: node ioredis.mjs PORT PROTOCOL SCENARIO
import assert from "node:assert/strict";
import Redis from "ioredis";
import { event, eventually, main, port, protocol, restartBroker } from "./scenario.mjs";

// RESP3 is this client's default: then nothing is said about it.
const open = (options = {}) => new Redis({ port, ...(protocol === 2 && { protocol }), ...options });

await main({
  async handshake() {
    const redis = open({ connectionName: "io", db: 3 });
    assert.equal(await redis.ping(), "PONG");
    const info = await redis.client("INFO");
    assert.match(info, / name=io .* db=3 .* resp=(2|3)/);
    assert.match(info, new RegExp(` resp=${protocol}( |$)`, "m"));
    const listed = await eventually(async () => {
      const line = await redis.client("INFO");
      assert.match(line, / lib-name=ioredis lib-ver=6\.0\.0/);
      return line;
    });
    assert.match(await redis.client("LIST"), new RegExp(listed.split(" ")[0]));
    assert.equal(await redis.quit(), "OK");
  },

  async strings() {
    const redis = open();
    assert.equal(await redis.set("k", "v", "EX", 100, "NX"), "OK");
    assert.equal(await redis.set("k", "w", "NX"), null);
    assert.equal(await redis.get("k"), "v");
    const binary = Buffer.from([0, 255, 13, 10]);
    await redis.set("b", binary);
    assert.deepEqual(await redis.getBuffer("b"), binary);
    await redis.mset({ a: 1, c: "é" });
    assert.deepEqual(await redis.mget("a", "none", "c"), ["1", null, "é"]);
    assert.equal(await redis.incrby("a", 41), 42);
    assert.equal(await redis.incrbyfloat("a", 0.5), "42.5");
    assert.equal(await redis.append("k", "alue"), 5);
    assert.equal(await redis.setrange("k", 5, "!"), 6);
    assert.equal(await redis.getrange("k", 1, -2), "alue");
    assert.equal(await redis.strlen("k"), 6);
    assert.equal(await redis.lcs("k", "b"), "");
    assert.equal(await redis.setnx("k", 1), 0);
    assert.equal(await redis.getset("k", "x"), "value!");
    assert.equal(await redis.getdel("k"), "x");
    await assert.rejects(redis.incr("b"), /ERR value is not an integer or out of range/);
    await assert.rejects(redis.call("NOSUCH", "x"), /ERR unknown command 'NOSUCH'/);
  },

  async bitmaps() {
    const redis = open();
    assert.equal(await redis.setbit("m", 7, 1), 0);
    assert.equal(await redis.getbit("m", 7), 1);
    assert.equal(await redis.bitcount("m"), 1);
    assert.equal(await redis.bitpos("m", 1), 7);
    assert.equal(await redis.bitop("NOT", "n", "m"), 1);
    assert.deepEqual(await redis.bitfield("m", "INCRBY", "u8", 0, 1, "GET", "u4", 0), [2, 0]);
  },

  async keys() {
    const redis = open();
    for (let i = 0; i < 1000; i++) {
      redis.set(`key:${i}`, i);
    }
    await redis.set("other", 1);
    const found = new Set();
    for await (const keys of redis.scanStream({ match: "key:*", count: 100 })) {
      keys.forEach((key) => found.add(key));
    }
    assert.equal(found.size, 1000);
    assert.equal(await redis.dbsize(), 1001);
    assert.equal((await redis.keys("oth*")).length, 1);
    assert.equal(await redis.expire("other", 100), 1);
    assert.equal(await redis.ttl("other"), 100);
    assert.equal(await redis.persist("other"), 1);
    assert.equal(await redis.rename("other", "o"), "OK");
    assert.equal(await redis.copy("o", "o2"), 1);
    assert.equal(await redis.exists("o", "o2", "none"), 2);
    assert.equal(await redis.type("o"), "string");
    assert.equal(await redis.object("ENCODING", "o"), "int");
    assert.equal(await redis.touch("o", "o2"), 2);
    assert.equal(await redis.unlink("o", "o2"), 2);
    assert.notEqual(await redis.randomkey(), null);
    assert.equal(await redis.move("key:1", 1), 1);
    assert.equal(await redis.flushdb(), "OK");
    assert.equal(await redis.randomkey(), null);
  },

  async lists() {
    const redis = open();
    assert.equal(await redis.rpush("l", "a", "b", "c"), 3);
    assert.equal(await redis.lpush("l", "z"), 4);
    assert.deepEqual(await redis.lrange("l", 0, -1), ["z", "a", "b", "c"]);
    assert.equal(await redis.llen("l"), 4);
    assert.equal(await redis.lpop("l"), "z");
    assert.deepEqual(await redis.rpop("l", 2), ["c", "b"]);
    assert.equal(await redis.lpop("none"), null);
    await assert.rejects(redis.get("l"), /^ReplyError: WRONGTYPE/);
  },

  async "sorted-sets"() {
    const redis = open();
    assert.equal(await redis.zadd("z", 1.5, "a", 2, "b"), 2);
    assert.equal(await redis.zscore("z", "a"), "1.5");
    assert.equal(await redis.zincrby("z", 2, "a"), "3.5");
    assert.deepEqual(await redis.zrange("z", 0, -1, "WITHSCORES"), ["b", "2", "a", "3.5"]);
    assert.equal(await redis.zrank("z", "a"), 1);
    assert.equal(await redis.zrem("z", "a"), 1);
    assert.equal(await redis.zcard("z"), 1);
    if (protocol === 3) {
      const typed = open({ replyMapping: "resp3" });
      assert.equal(await typed.zscore("z", "b"), 2);
    }
  },

  async server() {
    const redis = open();
    assert.match(await redis.info("server"), /redis_version:7\./);
    assert.deepEqual(await redis.config("GET", "maxmemory"), ["maxmemory", "0"]);
    assert.equal(await redis.config("SET", "maxmemory", "100mb"), "OK");
    assert.deepEqual(await redis.config("GET", "maxmemory"), ["maxmemory", "104857600"]);
    assert.equal((await redis.time()).length, 2);
    assert.equal((await redis.command("INFO", "get"))[0][1], 2);
    assert.ok((await redis.command("COUNT")) > 50);
    const watcher = await redis.monitor();
    const seen = event();
    watcher.on("monitor", (time, words) => words[0] === "set" && seen.resolve(words));
    await redis.set("k", "v w");
    assert.deepEqual(await seen.promise, ["set", "k", "v w"]);
    watcher.disconnect();
    assert.ok(Array.isArray(await redis.slowlog("GET")));
    assert.ok((await redis.memory("USAGE", "k")) > 0);
  },

  async pipeline() {
    const redis = open();
    const pipeline = redis.pipeline();
    for (let i = 0; i < 5000; i++) {
      pipeline.incr("n");
    }
    const replies = await pipeline.get("n").incr("x").lpush("x", 1).exec();
    assert.deepEqual(replies[4999], [null, 5000]);
    assert.deepEqual(replies[5000], [null, "5000"]);
    assert.match(String(replies[5002][0]), /WRONGTYPE/);
    const auto = open({ enableAutoPipelining: true });
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => auto.incr("a"))), [1, 2, 3]);
    const large = "x".repeat(5_000_000);
    await redis.set("large", large);
    assert.equal((await redis.get("large")).length, large.length);
  },

  async pubsub() {
    const listening = open();
    const speaking = open();
    const heard = event();
    const heardPattern = event();
    listening.on("message", (channel, message) => heard.resolve([channel, message]));
    listening.on("pmessage", (...all) => heardPattern.resolve(all));
    assert.equal(await listening.subscribe("news", "more"), 2);
    assert.equal(await listening.psubscribe("n*"), 3);
    assert.equal(await speaking.publish("news", "m"), 2);
    assert.deepEqual(await heard.promise, ["news", "m"]);
    assert.deepEqual(await heardPattern.promise, ["n*", "news", "m"]);
    assert.deepEqual(await speaking.pubsub("NUMSUB", "news"), ["news", 1]);
    assert.equal(await listening.unsubscribe("news", "more"), 1);
    assert.equal(await listening.punsubscribe("n*"), 0);
    assert.equal(await listening.ping(), "PONG");
    assert.equal(await speaking.publish("news", "m"), 0);
  },

  async blocking() {
    const waiting = open();
    const pushing = open();
    const taken = waiting.blpop("q", "r", 0);
    await eventually(async () => assert.match(await pushing.info("clients"), /blocked_clients:1/));
    await pushing.rpush("r", "e");
    assert.deepEqual(await taken, ["r", "e"]);
    assert.equal(await waiting.brpop("q", 0.01), null);
  },

  async transaction() {
    const redis = open();
    const other = open();
    assert.deepEqual(await redis.multi().set("k", 1).incr("k").lpush("k", 1).exec().then((all) => all.slice(0, 2)), [
      [null, "OK"],
      [null, 2],
    ]);
    await redis.watch("k");
    await other.set("k", 5);
    assert.equal(await redis.multi().set("k", 6).exec(), null);
    assert.equal(await redis.get("k"), "5");
    await assert.rejects(redis.multi().call("NOSUCH").exec(), /EXECABORT/);
  },

  async reconnect() {
    const redis = open({ db: 2, retryStrategy: () => 20 });
    const listening = open({ retryStrategy: () => 20 });
    const heard = event();
    listening.on("message", (channel, message) => heard.resolve(message));
    await listening.subscribe("news");
    await redis.set("k", "v");
    redis.on("error", () => {});
    listening.on("error", () => {});
    const again = event();
    redis.once("close", () => redis.once("ready", again.resolve));
    const subscribedAgain = event();
    listening.once("close", () => listening.once("ready", subscribedAgain.resolve));
    await restartBroker();
    await Promise.all([again.promise, subscribedAgain.promise]);
    assert.equal(await redis.get("k"), null);
    assert.match(await redis.client("INFO"), / db=2 /);
    await eventually(async () => assert.equal(await redis.publish("news", "back"), 1));
    assert.equal(await heard.promise, "back");
  },

  async auth() {
    const admin = open();
    await admin.config("SET", "requirepass", "secret");
    const refusal = async (options) => {
      const redis = open({ retryStrategy: null, maxRetriesPerRequest: 0, ...options });
      const failed = event();
      redis.on("error", failed.resolve);
      redis.ping().catch(failed.resolve);
      const failure = await failed.promise;
      redis.disconnect();
      return String(failure);
    };
    assert.match(await refusal({ password: "wrong" }), /WRONGPASS invalid username-password pair or user is disabled/);
    assert.match(await refusal({}), /NOAUTH (Authentication required|HELLO must be called)/);
    assert.equal(await open({ password: "secret" }).ping(), "PONG");
    assert.equal(await open({ username: "default", password: "secret" }).ping(), "PONG");
    assert.equal(await admin.config("SET", "requirepass", ""), "OK");
    assert.equal(await open().ping(), "PONG");
  },
});
