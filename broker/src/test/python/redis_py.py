"""redis-py against a broker: python3 redis_py.py PORT SCENARIO; the last line is "done"."""

import sys
import threading
import time

import redis
from redis.backoff import ConstantBackoff
from redis.exceptions import AuthenticationError, ConnectionError, ResponseError, WatchError
from redis.retry import Retry

PORT = int(sys.argv[1])
PATIENCE_SECONDS = 30


def client(**options):
    return redis.Redis(port=PORT, decode_responses=True, socket_timeout=PATIENCE_SECONDS, **options)


def refusal(kind, attempt):
    """What an attempt is refused with."""
    try:
        attempt()
    except kind as refused:
        return str(refused)
    raise AssertionError("was not refused")


def eventually(attempt):
    end = time.monotonic() + PATIENCE_SECONDS
    while not attempt():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.01)


def handshake():
    r = client(client_name="py", db=3)
    assert r.ping()
    info = r.client_info()
    assert info["name"] == "py" and info["db"] == 3, info
    assert [each["id"] for each in r.client_list()] == [str(info["id"])]
    assert r.client_setname("other") and r.client_getname() == "other"
    assert r.execute_command("CLIENT", "SETINFO", "LIB-NAME", "redis-py") == "OK"
    assert r.execute_command("HELLO", "2")[4:6] == ["proto", 2]


def strings():
    r = client()
    assert r.set("k", "v", ex=100, nx=True)
    assert r.set("k", "w", nx=True) is None
    assert r.get("k") == "v"
    raw = redis.Redis(port=PORT)
    raw.set("b", bytes(range(256)))
    assert raw.get("b") == bytes(range(256))
    assert r.mset({"a": 1, "c": "é"})
    assert r.mget("a", "none", "c") == ["1", None, "é"]
    assert r.incr("a", 41) == 42
    assert r.incrbyfloat("a", 0.5) == 42.5
    assert r.append("k", "alue") == 5
    assert r.setrange("k", 5, "!") == 6
    assert r.getrange("k", 1, -2) == "alue"
    assert r.strlen("k") == 6
    assert r.lcs("k", "k", len=True) == 6
    assert not r.setnx("k", 1)
    assert r.getset("k", "x") == "value!"
    assert r.getdel("k") == "x"
    assert "not an integer" in refusal(ResponseError, lambda: r.incr("b"))
    assert "unknown command 'NOSUCH'" in refusal(ResponseError, lambda: r.execute_command("NOSUCH", "x"))


def bitmaps():
    r = client()
    assert r.setbit("m", 7, 1) == 0
    assert r.getbit("m", 7) == 1
    assert r.bitcount("m") == 1
    assert r.bitpos("m", 1) == 7
    assert r.bitop("NOT", "n", "m") == 1
    assert r.bitfield("m").incrby("u8", 0, 1).get("u4", 0).execute() == [2, 0]


def keys():
    r = client()
    with r.pipeline(transaction=False) as pipeline:
        for i in range(1000):
            pipeline.set(f"key:{i}", i)
        pipeline.set("other", 1).execute()
    assert len(set(r.scan_iter(match="key:*", count=100))) == 1000
    assert r.dbsize() == 1001
    assert r.keys("oth*") == ["other"]
    assert r.expire("other", 100)
    assert not r.expire("other", 50, gt=True)
    assert r.ttl("other") == 100
    assert r.persist("other")
    assert r.rename("other", "o")
    assert r.copy("o", "o2")
    assert r.exists("o", "o2", "none") == 2
    assert r.type("o") == "string"
    assert r.object("ENCODING", "o") == "int"
    assert r.touch("o", "o2") == 2
    assert r.unlink("o", "o2") == 2
    assert r.randomkey().startswith("key:")
    assert r.move("key:1", 1)
    assert r.flushdb() and r.randomkey() is None


def lists():
    r = client()
    assert r.rpush("l", "a", "b", "c") == 3
    assert r.lpush("l", "z") == 4
    assert r.lrange("l", 0, -1) == ["z", "a", "b", "c"]
    assert r.llen("l") == 4
    assert r.lpop("l") == "z"
    assert r.rpop("l", 2) == ["c", "b"]
    assert r.lpop("none") is None
    assert refusal(ResponseError, lambda: r.get("l")).startswith("WRONGTYPE")


def sorted_sets():
    r = client()
    assert r.zadd("z", {"a": 1.5, "b": 2}) == 2
    assert r.zscore("z", "a") == 1.5
    assert r.zincrby("z", 2, "a") == 3.5
    assert r.zrange("z", 0, -1, withscores=True) == [("b", 2), ("a", 3.5)]
    assert r.zrank("z", "a") == 1
    assert r.zrem("z", "a") == 1
    assert r.zcard("z") == 1


def server():
    r = client()
    assert r.info()["redis_version"].startswith("7.")
    assert r.config_get("maxmemory") == {"maxmemory": "0"}
    assert r.config_set("maxmemory", "100mb")
    assert r.config_get("max*y")["maxmemory"] == "104857600"
    assert len(r.time()) == 2
    assert r.command()["get"]["arity"] == 2
    assert r.command_count() > 50
    with client().monitor() as watcher:
        r.set("k", "v w")
        assert watcher.next_command()["command"] == "SET k v w"
    assert r.slowlog_reset() and isinstance(r.slowlog_get(), list)
    assert r.memory_usage("k") > 0
    assert r.memory_stats()["total.allocated"] > 0
    assert isinstance(r.execute_command("LATENCY", "LATEST"), list)


def pipeline():
    r = client()
    with r.pipeline(transaction=False) as batch:
        for _ in range(5000):
            batch.incr("n")
        replies = batch.get("n").incr("x").lpush("x", 1).execute(raise_on_error=False)
    assert replies[4999:5001] == [5000, "5000"]
    assert "WRONGTYPE" in str(replies[5002])
    large = "x" * 5_000_000
    assert r.set("large", large) and r.get("large") == large


def pubsub():
    speaking = client()
    listening = client().pubsub(ignore_subscribe_messages=False)
    listening.subscribe("news", "more")
    listening.psubscribe("n*")
    kinds = [listening.get_message(timeout=PATIENCE_SECONDS)["type"] for _ in range(3)]
    assert kinds == ["subscribe", "subscribe", "psubscribe"], kinds
    assert speaking.publish("news", "m") == 2
    heard = [listening.get_message(timeout=PATIENCE_SECONDS) for _ in range(2)]
    assert [(each["type"], each["pattern"], each["data"]) for each in heard] == [
        ("message", None, "m"),
        ("pmessage", "n*", "m"),
    ], heard
    assert speaking.pubsub_numsub("news") == [("news", 1)]
    listening.ping()
    assert listening.get_message(timeout=PATIENCE_SECONDS)["type"] == "pong"
    listening.unsubscribe()
    listening.punsubscribe()
    for _ in range(3):
        listening.get_message(timeout=PATIENCE_SECONDS)
    assert speaking.publish("news", "m") == 0


def blocking():
    waiting, pushing = client(), client()
    taken = []
    thread = threading.Thread(target=lambda: taken.append(waiting.blpop(["q", "r"], 0)))
    thread.start()
    eventually(lambda: pushing.info("clients")["blocked_clients"] == 1)
    pushing.rpush("r", "e")
    thread.join(PATIENCE_SECONDS)
    assert taken == [("r", "e")], taken
    assert waiting.brpop("q", 0.01) is None


def transaction():
    r, other = client(), client()
    assert r.pipeline().set("k", 1).incr("k").execute() == [True, 2]
    with r.pipeline() as batch:
        batch.watch("k")
        other.set("k", 5)
        batch.multi()
        batch.set("k", 6)
        refusal(WatchError, batch.execute)
    assert r.transaction(lambda batch: (batch.multi(), batch.incr("k")), "k") == [6]
    refusal(ResponseError, lambda: r.pipeline().execute_command("NOSUCH").execute())
    r.set("s", "text")
    replies = r.pipeline().set("a", 1).incr("s").get("a").execute(raise_on_error=False)
    assert replies[0] is True and "not an integer" in str(replies[1]) and replies[2] == "1", replies
    refusal(ResponseError, r.pipeline().incr("s").execute)
    with r.pipeline() as batch:
        batch.watch("k")
        other.set("k", 9)
        batch.unwatch()
        batch.multi()
        assert batch.get("k").execute() == ["9"]
    threads = [threading.Thread(target=increments) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert r.get("n") == "100"


def increments():
    """Counts by WATCH: what others count in between makes it try again."""
    r = client()

    def increment(batch):
        value = int(batch.get("n") or 0)
        batch.multi()
        batch.set("n", value + 1)

    for _ in range(25):
        r.transaction(increment, "n")


def reconnect():
    r = client(db=2, retry=Retry(ConstantBackoff(0.02), 100), retry_on_error=[ConnectionError])
    listening = client().pubsub(ignore_subscribe_messages=True)
    listening.subscribe("news")
    eventually(lambda: r.publish("news", "before") == 1)
    r.set("k", "v")
    print("restart", flush=True)
    sys.stdin.readline()
    assert r.get("k") is None
    assert r.client_info()["db"] == 2
    heard = []

    def hears():
        r.publish("news", "back")
        try:
            message = listening.get_message(timeout=0.1)
        except ConnectionError:  # this version reports it once, and connects and subscribes at the next call
            return False
        if message:
            heard.append(message["data"])
        return "back" in heard

    eventually(hears)


def auth():
    admin = client()
    admin.config_set("requirepass", "secret")
    wrong = "invalid username-password pair or user is disabled"
    assert wrong in refusal(ResponseError, lambda: client(password="wrong").ping())
    assert wrong in refusal(ResponseError, lambda: client(username="u", password="secret").ping())
    assert "Authentication required" in refusal(AuthenticationError, lambda: client().ping())
    assert client(password="secret").ping()
    assert client(username="default", password="secret").ping()
    assert admin.config_set("requirepass", "")
    assert client().ping()


SCENARIOS = {
    "handshake": handshake,
    "strings": strings,
    "bitmaps": bitmaps,
    "keys": keys,
    "lists": lists,
    "sorted-sets": sorted_sets,
    "server": server,
    "pipeline": pipeline,
    "pubsub": pubsub,
    "blocking": blocking,
    "transaction": transaction,
    "reconnect": reconnect,
    "auth": auth,
}

SCENARIOS[sys.argv[2]]()
print("done")
