// rsocket-js against a broker, with nothing but its own packages: node rsocket-js.mjs PORT tcp|websocket ROUTE
import assert from "node:assert/strict";
import * as composite from "rsocket-composite-metadata";
import core from "rsocket-core";
import tcp from "rsocket-tcp-client";
import websocket from "rsocket-websocket-client";
import WebSocket from "ws";
import { main, port } from "./scenario.mjs";

const { encodeCompositeMetadata, encodeRoute, WellKnownMimeType } = composite.default ?? composite;
const host = "127.0.0.1";
const wire = process.argv[3];

function transport() {
  return wire === "tcp"
    ? new tcp.TcpClientTransport({ connectionOptions: { host, port } })
    : new websocket.WebsocketClientTransport({
        url: `ws://${host}:${port}/rsocket`,
        wsCreator: (url) => new WebSocket(url),
      });
}

async function open() {
  return new core.RSocketConnector({
    setup: {
      dataMimeType: "application/json",
      metadataMimeType: "message/x.rsocket.composite-metadata.v0",
      keepAlive: 10_000,
      lifetime: 30_000,
    },
    transport: transport(),
  }).connect();
}

function payload(route, data) {
  const metadata = new Map([[WellKnownMimeType.MESSAGE_RSOCKET_ROUTING, encodeRoute(route)]]);
  return { metadata: encodeCompositeMetadata(metadata), data: Buffer.from(JSON.stringify(data)) };
}

const value = (received) => JSON.parse(received.data.toString());

/** What comes from a stream or channel, one after the other. */
class Items {
  #come = [];
  #awaited = [];
  source;

  get subscriber() {
    return {
      onNext: (item, isComplete) => {
        this.#put({ item: value(item) });
        if (isComplete) this.#put({ end: true });
      },
      onError: (error) => this.#put({ error }),
      onComplete: () => this.#put({ end: true }),
      onExtension() {},
      request() {},
      cancel() {},
    };
  }

  #put(signal) {
    const awaiting = this.#awaited.shift();
    if (awaiting) awaiting(signal);
    else this.#come.push(signal);
  }

  async signal() {
    return this.#come.length ? this.#come.shift() : new Promise((come) => this.#awaited.push(come));
  }

  async next() {
    const { item, error } = await this.signal();
    if (error) throw error;
    return item;
  }

  get isEmpty() {
    return this.#come.length === 0;
  }

  request(n) {
    this.source.request(n);
  }

  cancel() {
    this.source.cancel();
  }
}

function stream(rsocket, route, data, demand) {
  const items = new Items();
  items.source = rsocket.requestStream(payload(route, data), demand, items.subscriber);
  return items;
}

function ask(rsocket, route, data) {
  return new Promise((resolve, reject) => {
    rsocket.requestResponse(payload(route, data), {
      onNext: (reply) => resolve(value(reply)),
      onError: reject,
      onComplete() {},
      onExtension() {},
    });
  });
}

function tell(rsocket, route, data) {
  return new Promise((resolve, reject) => {
    rsocket.fireAndForget(payload(route, data), { onComplete: resolve, onError: reject });
  });
}

const command = (rsocket, ...words) => ask(rsocket, "command", words);

/** Until a reply is as expected. */
async function until(rsocket, words, expected) {
  for (let reply; (reply = await command(rsocket, ...words)) !== expected; ) {
    assert.equal(typeof reply, typeof expected);
  }
}

await main({
  async command() {
    const rsocket = await open();
    assert.equal(await command(rsocket, "SET", "k", 42), "OK");
    assert.equal(await command(rsocket, "INCR", "k"), 43);
    assert.equal(await command(rsocket, "GET", "none"), null);
    await command(rsocket, "HSET", "h", "f", "v");
    assert.deepEqual(await command(rsocket, "HGETALL", "h"), { f: "v" });
    await assert.rejects(command(rsocket, "LPUSH", "k", "x"), {
      message: "WRONGTYPE Operation against a key holding the wrong kind of value",
    });
    await assert.rejects(ask(rsocket, "no.such", {}), { message: /^ERR unknown route 'no\.such'/ });
    await tell(rsocket, "command", ["SET", "told", "1"]);
    await until(rsocket, ["EXISTS", "told"], 1);
  },

  async "command-channel"() {
    const rsocket = await open();
    const replies = new Items();
    const channel = rsocket.requestChannel(payload("command", ["SET", "k", "1"]), 3, false, replies.subscriber);
    assert.equal(await replies.next(), "OK");
    channel.onNext({ data: Buffer.from('["INCR","k"]') }, false);
    channel.onNext({ data: Buffer.from('["INCR","k"]') }, true);
    assert.equal(await replies.next(), 2);
    assert.equal(await replies.next(), 3);
    assert.deepEqual(await replies.signal(), { end: true });
  },

  async "pubsub.subscribe"() {
    const rsocket = await open();
    const news = stream(rsocket, "pubsub.subscribe", { channels: ["news"], patterns: ["n*"] }, 100);
    await until(rsocket, ["PUBLISH", "news", "first"], 2);
    assert.deepEqual(await news.next(), { channel: "news", message: "first" });
    assert.deepEqual(await news.next(), { channel: "news", pattern: "n*", message: "first" });
    news.cancel();
    await until(rsocket, ["PUBLISH", "news", "nobody"], 0);
    await assert.rejects(stream(rsocket, "pubsub.subscribe", {}, 1).next(), { message: /^ERR / });
  },

  async "pubsub.publish"() {
    const rsocket = await open();
    const news = stream(rsocket, "pubsub.subscribe", { channels: ["news"], overflow: "throttle" }, 100);
    await until(rsocket, ["PUBSUB", "NUMPAT"], 0);
    assert.equal(await ask(rsocket, "pubsub.publish", { channel: "news", message: "asked" }), 1);
    await tell(rsocket, "pubsub.publish", { channel: "news", message: "told" });
    const counts = new Items();
    const channel = rsocket.requestChannel(
      payload("pubsub.publish", { channel: "news", message: "one" }),
      10,
      false,
      counts.subscriber,
    );
    assert.equal(await counts.next(), 1);
    channel.onNext({ data: Buffer.from('{"channel":"other","message":"two"}') }, true);
    assert.equal(await counts.next(), 0);
    for (const message of ["asked", "told", "one"]) {
      assert.deepEqual(await news.next(), { channel: "news", message });
    }
  },

  async "list.take"() {
    const rsocket = await open();
    const taken = stream(rsocket, "list.take", { keys: ["jobs"], side: "left" }, 1);
    await command(rsocket, "RPUSH", "jobs", "a", "b", "c");
    assert.deepEqual(await taken.next(), { key: "jobs", value: "a" });
    assert.equal(await command(rsocket, "LLEN", "jobs"), 2);
    taken.request(1);
    assert.deepEqual(await taken.next(), { key: "jobs", value: "b" });
    taken.cancel();
    assert.equal(await command(rsocket, "LLEN", "jobs"), 1);
    assert.ok(taken.isEmpty);
  },

  async "list.move"() {
    const rsocket = await open();
    const request = { source: "jobs", destination: "doing", from: "left", to: "right" };
    const moved = stream(rsocket, "list.move", request, 2);
    await command(rsocket, "RPUSH", "jobs", "a", "b", "c");
    assert.equal(await moved.next(), "a");
    assert.equal(await moved.next(), "b");
    assert.deepEqual(await command(rsocket, "LRANGE", "doing", 0, -1), ["a", "b"]);
    assert.deepEqual(await command(rsocket, "LRANGE", "jobs", 0, -1), ["c"]);
    moved.cancel();
  },

  async "zset.pop"() {
    const rsocket = await open();
    const popped = stream(rsocket, "zset.pop", { keys: ["due"], side: "min" }, 1);
    await command(rsocket, "ZADD", "due", 2, "later", 1.5, "soon");
    assert.deepEqual(await popped.next(), { key: "due", member: "soon", score: 1.5 });
    assert.equal(await command(rsocket, "ZCARD", "due"), 1);
    popped.cancel();
  },

  async "zset.watch"() {
    const rsocket = await open();
    await command(rsocket, "ZADD", "board", 1, "ann", 2, "bob");
    const board = stream(rsocket, "zset.watch", { key: "board", start: 0, stop: 1 }, 1);
    const before = [
      { member: "bob", score: 2, rank: 0 },
      { member: "ann", score: 1, rank: 1 },
    ];
    assert.deepEqual(await board.next(), before);
    await command(rsocket, "ZADD", "board", 3, "ann");
    await command(rsocket, "ZADD", "board", 4, "ann");
    board.request(1);
    assert.deepEqual(await board.next(), [
      { member: "ann", score: 4, rank: 0 },
      { member: "bob", score: 2, rank: 1 },
    ]);
    board.cancel();
  },

  async "zset.rank"() {
    const rsocket = await open();
    await command(rsocket, "ZADD", "board", 1, "ann", 2, "bob", 3, "cid");
    const rank = stream(rsocket, "zset.rank", { key: "board", member: "bob", around: 1 }, 1);
    const first = await rank.next();
    assert.equal(first.rank, 1);
    assert.equal(first.score, 2);
    await command(rsocket, "ZADD", "board", 9, "bob");
    rank.request(1);
    assert.equal((await rank.next()).rank, 0);
    rank.cancel();
  },

  async "key.watch"() {
    const rsocket = await open();
    const changes = stream(rsocket, "key.watch", { patterns: ["user:*"] }, 100);
    await until(rsocket, ["SET", "user:1", "ann"], "OK");
    assert.deepEqual(await changes.next(), { key: "user:1", event: "set" });
    await command(rsocket, "DEL", "other", "user:1");
    assert.deepEqual(await changes.next(), { key: "user:1", event: "del" });
    changes.cancel();
  },

  async "key.scan"() {
    const rsocket = await open();
    for (let i = 0; i < 30; i++) {
      await command(rsocket, "SET", `user:${i}`, i);
    }
    await command(rsocket, "RPUSH", "user:list", "x");
    const found = stream(rsocket, "key.scan", { match: "user:*", type: "string" }, 10);
    const keys = new Set();
    for (let signal; !(signal = await found.signal()).end; ) {
      assert.ifError(signal.error);
      keys.add(signal.item);
      if (keys.size % 10 === 0) found.request(10);
    }
    assert.equal(keys.size, 30);
  },

  async transaction() {
    const rsocket = await open();
    await command(rsocket, "SET", "k", "1");
    const digest = await command(rsocket, "DIGEST", "k");
    const commands = [
      ["INCR", "k"],
      ["LPUSH", "k", "x"],
      ["GET", "k"],
    ];
    const wrong = { error: "WRONGTYPE Operation against a key holding the wrong kind of value" };
    assert.deepEqual(await ask(rsocket, "transaction", { commands, watch: { k: digest } }), [2, wrong, "2"]);
    assert.equal(await ask(rsocket, "transaction", { commands, watch: { k: digest } }), null);
  },

  async "lock.hold"() {
    const rsocket = await open();
    const request = { key: "door", owner: "ann", leaseMs: 10_000 };
    const held = stream(rsocket, "lock.hold", request, 1);
    const { token } = await held.next();
    assert.ok(token > 0);
    const waiting = stream(rsocket, "lock.hold", { ...request, owner: "bob", waitMs: 20_000 }, 1);
    held.cancel();
    assert.ok((await waiting.next()).token > token);
    waiting.cancel();
  },
});
