package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.persist.Dump;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DumpCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    private Bytes payload(String key) {
        return Dump.of(Objects.requireNonNull(broker.keyspace.database(0).value(Bytes.of(key))), true);
    }

    private InMemoryBroker.Answer restore(String key, String ttl, Bytes payload, String... options) {
        Bytes[] words = new Bytes[4 + options.length];
        words[0] = Bytes.of("RESTORE");
        words[1] = Bytes.of(key);
        words[2] = Bytes.of(ttl);
        words[3] = payload;
        for (int i = 0; i < options.length; i++) {
            words[4 + i] = Bytes.of(options[i]);
        }
        return broker.first().run(new Request(words));
    }

    @Test
    void aCopyByBytes() {
        broker.run("RPUSH", "l", "a", "b");
        Bytes payload = payload("l");
        broker.run("DUMP", "l").is(payload.toLatin1());
        broker.run("DUMP", "none").isNull();
        restore("l", "0", payload).isError("BUSYKEY Target key name already exists.");
        restore("copy", "0", payload).is("OK");
        broker.run("LRANGE", "copy", "0", "-1").is("[a, b]");
        broker.run("SET", "text", "v", "EX", "100");
        restore("text", "0", payload, "replace").is("OK");
        broker.run("TTL", "text").is(-1);
        broker.run("LLEN", "text").is(2);
    }

    @Test
    void timeToLiveIsJournalledAsATime() {
        broker.run("SET", "v", "1");
        Bytes payload = payload("v");
        restore("a", "5000", payload).is("OK");
        broker.run("PTTL", "a").is(5000);
        restore("b", Long.toString(InMemoryBroker.START_MS + 7000), payload, "ABSTTL")
                .is("OK");
        broker.run("PTTL", "b").is(7000);
        restore("a", "6000", payload, "REPLACE").is("OK");
        broker.run("PTTL", "a").is(6000);
        assertThat(broker.journalled.get(1))
                .contains("RESTORE", Long.toString(InMemoryBroker.START_MS + 5000), "ABSTTL");
        assertThat(broker.journalled.get(3)).contains("REPLACE", "ABSTTL");
    }

    /** redis-server 7.0 reads the journal too, and would refuse what it does not know: the key would be missing there. */
    @Test
    void whatIsNewerIsJournalledAsWhatRedisServerKnows() {
        broker.run("HSET", "h", "f", "v", "g", "w");
        broker.run("HPEXPIRE", "h", "5000", "FIELDS", "1", "g");
        Bytes payload = payload("h");
        assertThat(Dump.isNewer(payload)).isTrue();
        broker.journalled.clear();
        restore("a", "0", payload).is("OK");
        restore("b", "7000", payload, "REPLACE").is("OK");
        String times = "HPEXPIREAT %s " + (InMemoryBroker.START_MS + 5000) + " FIELDS 1 g ";
        assertThat(words(broker.journalled.getFirst()))
                .startsWith("MULTI RESTORE a 0 ")
                .endsWith(" ABSTTL " + times.formatted("a") + "EXEC");
        assertThat(words(broker.journalled.getLast()))
                .startsWith("MULTI RESTORE b " + (InMemoryBroker.START_MS + 7000) + " ")
                .endsWith(" REPLACE ABSTTL " + times.formatted("b") + "EXEC");
        Bytes known = Dump.withoutTimes(
                Objects.requireNonNull(broker.keyspace.database(0).value(Bytes.of("a"))), false);
        assertThat(Dump.isNewer(known)).isFalse();
        assertThat(broker.journalled.getFirst()).contains(known.toString());
        broker.run("HPTTL", "a", "FIELDS", "2", "f", "g").is("[-1, 5000]");
    }

    private static String words(String record) {
        return record.replaceAll("[*$][0-9]+\r\n", "").replace("\r\n", " ").trim();
    }

    @Test
    void whatIsOverOnlyTakesAway() {
        broker.run("SET", "v", "1");
        Bytes payload = payload("v");
        restore("a", "1", payload, "ABSTTL").is("OK");
        broker.run("EXISTS", "a").is(0);
        assertThat(broker.journalled).hasSize(1);
        restore("v", "1", payload, "ABSTTL", "REPLACE").is("OK");
        broker.run("EXISTS", "v").is(0);
        assertThat(broker.journalled).hasSize(2);
        assertThat(broker.journalled.getLast()).contains("DEL");
    }

    @Test
    void nothingIsLostWhenThePayloadIsRefused() {
        broker.run("SET", "v", "1");
        byte[] changed = payload("v").toArray();
        changed[0] ^= 1;
        restore("v", "0", Bytes.of(changed), "REPLACE").isError("ERR DUMP payload version or checksum are wrong");
        broker.run("GET", "v").is("1");
    }

    @Test
    void accessTimeComesAlong() {
        broker.run("SET", "v", "1");
        Bytes payload = payload("v");
        restore("a", "0", payload, "IDLETIME", "1000").is("OK");
        broker.run("OBJECT", "IDLETIME", "a").is(1000);
        restore("b", "0", payload, "FREQ", "100").is("OK");
        broker.run("OBJECT", "IDLETIME", "b").is(0);
        broker.keyspace.accesses().policy(true, 10, 1);
        restore("c", "0", payload, "FREQ", "100").is("OK");
        broker.run("OBJECT", "FREQ", "c").is(100);
    }
}
