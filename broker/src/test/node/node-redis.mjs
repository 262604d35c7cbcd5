// node-redis against a broker: node node-redis.mjs PORT PROTOCOL SCENARIO
import assert from "node:assert/strict";
import { createClient, RESP_TYPES, WatchError } from "redis";
import { event, eventually, main, port, protocol, restartBroker } from "./scenario.mjs";

// RESP3 is this client's default: then nothing is said about it.
const create = (options = {}) => {
  const { socket, ...others } = options;
  const client = createClient({ socket: { port, ...socket }, ...(protocol === 2 && { RESP: protocol }), ...others });
  client.on("error", () => {});
  return client;
};
const open = (options) => create(options).connect();

await main({
  async handshake() {
    const redis = await open({ name: "nr", database: 3, clientInfoTag: "tag" });
    assert.equal(await redis.ping(), "PONG");
    const info = await redis.clientInfo();
    assert.equal(info.name, "nr");
    assert.equal(info.db, 3);
    assert.equal(info.resp, protocol);
    assert.equal(info.libName, "node-redis(tag)");
    assert.equal(info.libVer, "6.3.1");
    assert.equal((await redis.clientList()).length, 1);
    assert.equal((await redis.hello(protocol)).proto, protocol);
    await redis.close();
  },

  async strings() {
    const redis = await open();
    assert.equal(await redis.set("k", "v", { expiration: { type: "EX", value: 100 }, condition: "NX" }), "OK");
    assert.equal(await redis.set("k", "w", { condition: "NX" }), null);
    assert.equal(await redis.get("k"), "v");
    const binary = Buffer.from([0, 255, 13, 10]);
    await redis.set("b", binary);
    assert.deepEqual(await redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get("b"), binary);
    await redis.mSet({ a: "1", c: "é" });
    assert.deepEqual(await redis.mGet(["a", "none", "c"]), ["1", null, "é"]);
    assert.equal(await redis.incrBy("a", 41), 42);
    assert.equal(await redis.incrByFloat("a", 0.5), "42.5");
    assert.equal(await redis.append("k", "alue"), 5);
    assert.equal(await redis.setRange("k", 5, "!"), 6);
    assert.equal(await redis.getRange("k", 1, -2), "alue");
    assert.equal(await redis.strLen("k"), 6);
    assert.equal((await redis.lcsIdx("k", "k")).len, 6);
    assert.equal(await redis.setNX("k", "1"), 0);
    assert.equal(await redis.getDel("k"), "value!");
    await assert.rejects(redis.incr("b"), /ERR value is not an integer or out of range/);
    await assert.rejects(redis.sendCommand(["NOSUCH", "x"]), /ERR unknown command 'NOSUCH'/);
  },

  async bitmaps() {
    const redis = await open();
    assert.equal(await redis.setBit("m", 7, 1), 0);
    assert.equal(await redis.getBit("m", 7), 1);
    assert.equal(await redis.bitCount("m"), 1);
    assert.equal(await redis.bitPos("m", 1), 7);
    assert.equal(await redis.bitOp("NOT", "n", "m"), 1);
    const operations = [{ operation: "INCRBY", encoding: "u8", offset: 0, increment: 1 }];
    assert.deepEqual(await redis.bitField("m", operations), [2]);
  },

  async keys() {
    const redis = await open();
    await Promise.all(Array.from({ length: 1000 }, (_, i) => redis.set(`key:${i}`, i.toString())));
    await redis.set("other", "1");
    const found = new Set();
    for await (const keys of redis.scanIterator({ MATCH: "key:*", COUNT: 100 })) {
      keys.forEach((key) => found.add(key));
    }
    assert.equal(found.size, 1000);
    assert.equal(await redis.dbSize(), 1001);
    assert.equal((await redis.keys("oth*")).length, 1);
    assert.equal(await redis.expire("other", 100), 1);
    assert.equal(await redis.expire("other", 50, "GT"), 0);
    assert.equal(await redis.ttl("other"), 100);
    assert.equal(await redis.persist("other"), 1);
    assert.equal(await redis.rename("other", "o"), "OK");
    assert.equal(await redis.copy("o", "o2"), 1);
    assert.equal(await redis.exists(["o", "o2", "none"]), 2);
    assert.equal(await redis.type("o"), "string");
    assert.equal(await redis.objectEncoding("o"), "int");
    assert.equal(await redis.touch(["o", "o2"]), 2);
    assert.equal(await redis.unlink(["o", "o2"]), 2);
    assert.notEqual(await redis.randomKey(), null);
    assert.equal(await redis.move("key:1", 1), 1);
    assert.equal(await redis.flushDb(), "OK");
    assert.equal(await redis.randomKey(), null);
  },

  async lists() {
    const redis = await open();
    assert.equal(await redis.rPush("l", ["a", "b", "c"]), 3);
    assert.equal(await redis.lPush("l", "z"), 4);
    assert.deepEqual(await redis.lRange("l", 0, -1), ["z", "a", "b", "c"]);
    assert.equal(await redis.lLen("l"), 4);
    assert.equal(await redis.lPop("l"), "z");
    assert.deepEqual(await redis.rPopCount("l", 2), ["c", "b"]);
    assert.equal(await redis.lPop("none"), null);
    await assert.rejects(redis.get("l"), /WRONGTYPE/);
  },

  async "sorted-sets"() {
    const redis = await open();
    const members = [
      { value: "a", score: 1.5 },
      { value: "b", score: 2 },
    ];
    assert.equal(await redis.zAdd("z", members), 2);
    assert.equal(await redis.zScore("z", "a"), 1.5);
    assert.equal(await redis.zIncrBy("z", 2, "a"), 3.5);
    assert.deepEqual(await redis.zRangeWithScores("z", 0, -1), [
      { value: "b", score: 2 },
      { value: "a", score: 3.5 },
    ]);
    assert.equal(await redis.zRank("z", "a"), 1);
    assert.equal(await redis.zRem("z", "a"), 1);
    assert.equal(await redis.zCard("z"), 1);
  },

  async server() {
    const redis = await open();
    assert.match(await redis.info("server"), /redis_version:7\./);
    assert.deepEqual({ ...(await redis.configGet("maxmemory")) }, { maxmemory: "0" });
    assert.equal(await redis.configSet({ maxmemory: "100mb", "slowlog-max-len": "64" }), "OK");
    assert.equal((await redis.configGet("max*y")).maxmemory, "104857600");
    assert.equal((await redis.time()).length, 2);
    assert.equal((await redis.commandInfo(["get"]))[0].arity, 2);
    assert.ok((await redis.commandCount()) > 50);
    const watcher = await open();
    const seen = event();
    await watcher.monitor((line) => String(line).includes('"SET"') && seen.resolve(String(line)));
    await redis.set("k", "v w");
    assert.match(await seen.promise, /^\d+\.\d{6} \[0 127\.0\.0\.1:\d+\] "SET" "k" "v w"$/);
    await watcher.destroy();
    assert.ok(Array.isArray(await redis.sendCommand(["SLOWLOG", "GET"])));
    assert.ok((await redis.memoryUsage("k")) > 0);
    assert.ok((await redis.memoryStats())["total.allocated"] > 0);
    assert.ok(Array.isArray(await redis.latencyLatest()));
  },

  async pipeline() {
    const redis = await open();
    const replies = await Promise.all(Array.from({ length: 5000 }, () => redis.incr("n")));
    assert.equal(replies[4999], 5000);
    const [, failure] = await Promise.allSettled([redis.incr("x"), redis.lPush("x", "1")]);
    assert.match(String(failure.reason), /WRONGTYPE/);
    assert.deepEqual(await redis.multi().incr("y").incr("y").execAsPipeline(), [1, 2]);
    const large = "x".repeat(5_000_000);
    await redis.set("large", large);
    assert.equal((await redis.get("large")).length, large.length);
  },

  async pubsub() {
    const listening = await open();
    const speaking = await open();
    const heard = event();
    const heardPattern = event();
    await listening.subscribe(["news", "more"], (message, channel) => heard.resolve([channel, message]));
    await listening.pSubscribe("n*", (message, channel) => heardPattern.resolve([channel, message]));
    assert.equal(await speaking.publish("news", "m"), 2);
    assert.deepEqual(await heard.promise, ["news", "m"]);
    assert.deepEqual(await heardPattern.promise, ["news", "m"]);
    assert.equal((await speaking.pubSubNumSub(["news"])).news, 1);
    await listening.unsubscribe();
    await listening.pUnsubscribe();
    assert.equal(String(await listening.ping()), "PONG");
    assert.equal(await speaking.publish("news", "m"), 0);
  },

  async blocking() {
    const waiting = await open();
    const pushing = await open();
    const taken = waiting.blPop(["q", "r"], 0);
    await eventually(async () => assert.match(await pushing.info("clients"), /blocked_clients:1/));
    await pushing.rPush("r", "e");
    assert.deepEqual({ ...(await taken) }, { key: "r", element: "e" });
    assert.equal(await waiting.brPop("q", 0.01), null);
  },

  async transaction() {
    const redis = await open();
    const other = await open();
    assert.deepEqual(await redis.multi().set("k", "1").incr("k").exec(), ["OK", 2]);
    await redis.watch("k");
    await other.set("k", "5");
    await assert.rejects(redis.multi().set("k", "6").exec(), WatchError);
    assert.equal(await redis.get("k"), "5");
    await assert.rejects(redis.multi().addCommand(["NOSUCH"]).exec(), /NOSUCH|EXECABORT/);
  },

  async reconnect() {
    const socket = { reconnectStrategy: 20 };
    const redis = await open({ database: 2, socket });
    const listening = await open({ socket });
    const heard = event();
    await listening.subscribe("news", heard.resolve);
    await redis.set("k", "v");
    const again = event();
    redis.once("reconnecting", () => redis.once("ready", again.resolve));
    const subscribedAgain = event();
    listening.once("reconnecting", () => listening.once("ready", subscribedAgain.resolve));
    await restartBroker();
    await Promise.all([again.promise, subscribedAgain.promise]);
    assert.equal(await redis.get("k"), null);
    assert.equal((await redis.clientInfo()).db, 2);
    await eventually(async () => assert.equal(await redis.publish("news", "back"), 1));
    assert.equal(await heard.promise, "back");
  },

  async auth() {
    const admin = await open();
    await admin.configSet("requirepass", "secret");
    const socket = { reconnectStrategy: false };
    const wrong = /WRONGPASS invalid username-password pair or user is disabled/;
    await assert.rejects(open({ password: "wrong", socket }), wrong);
    await assert.rejects(
      open({ socket }).then((client) => client.get("k")),
      /NOAUTH/,
    );
    assert.equal(await (await open({ password: "secret" })).ping(), "PONG");
    assert.equal(await (await open({ username: "default", password: "secret" })).ping(), "PONG");
    assert.equal(await admin.configSet("requirepass", ""), "OK");
    assert.equal(await (await open()).ping(), "PONG");
  },
});
