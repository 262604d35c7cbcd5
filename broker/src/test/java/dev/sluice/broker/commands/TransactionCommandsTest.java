package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.session.Transaction;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the transcripts against redis-server cannot see: the journal, and transactions that come as a whole. */
class TransactionCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker("enable-debug-command", "yes").readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    private void journalled(String... records) {
        assertThat(broker.journalled.stream()
                        .map(record -> record.replaceAll("[*$][0-9]+\r\n", "")
                                .replace("\r\n", " ")
                                .trim()))
                .containsExactly(records);
        broker.journalled.clear();
    }

    private Reply whole(List<Transaction.Expected> expected, Request... commands) {
        return broker.dispatcher.transaction(broker.first().session, List.of(commands), expected);
    }

    @Test
    void oneTransactionIsOneBlockInTheJournal() {
        broker.run("MULTI");
        broker.run("SET", "k", "1");
        broker.run("GET", "k");
        broker.run("INCR", "k");
        broker.run("LPUSH", "k", "x");
        broker.run("SELECT", "1");
        broker.run("SET", "l", "2");
        broker.run("EXEC");
        journalled("SELECT 0 MULTI SET k 1 INCR k SELECT 1 SET l 2 EXEC");
        broker.run("MULTI");
        broker.run("GET", "l");
        broker.run("EXEC").is("[2]");
        broker.run("MULTI");
        broker.run("SET", "l", "3");
        broker.run("DISCARD");
        journalled();
    }

    @Test
    void soIsOneThatCameAsAWhole() {
        Reply replies =
                whole(List.of(), Request.of("SET", "k", "1"), Request.of("LPUSH", "k", "x"), Request.of("INCR", "k"));
        assertThat(InMemoryBroker.text(replies))
                .isEqualTo("[OK, -WRONGTYPE Operation against a key holding the wrong kind of value, 2]");
        journalled("SELECT 0 MULTI SET k 1 INCR k EXEC");
        broker.run("MULTI").is("OK"); // nothing of it is left on the session
    }

    @Test
    void aWholeRunsOnlyIfAllIsAsExpected() {
        broker.run("SET", "k", "1");
        broker.run("SET", "gone", "1", "PX", "10");
        Bytes digest = Bytes.of(broker.run("DIGEST", "k").text());
        broker.pass(20);
        broker.journalled.clear();
        Transaction.Expected isOne = new Transaction.Expected(Bytes.of("k"), digest);
        Transaction.Expected isGone = new Transaction.Expected(Bytes.of("gone"), null);
        assertThat(InMemoryBroker.text(whole(List.of(isOne, isGone), Request.of("INCR", "k"))))
                .isEqualTo("[2]");
        assertThat(whole(List.of(isOne), Request.of("INCR", "k"))).isEqualTo(Reply.Null.ARRAY);
        assertThat(whole(List.of(isGone, isOne), Request.of("INCR", "k"))).isEqualTo(Reply.Null.ARRAY);
        broker.run("GET", "k").is("2");
        journalled("MULTI DEL gone INCR k EXEC");
    }

    @Test
    void aWatchedKeyStaysThereWhenItsTimeIsOver() {
        broker.run("SET", "k", "v", "PX", "10");
        broker.pass(20);
        broker.run("WATCH", "k").is("OK");
        broker.run("DBSIZE").is(1);
        broker.run("MULTI");
        broker.run("EXEC").is("[]");
        broker.run("DBSIZE").is(1);
        InMemoryBroker.Client other = broker.client();
        broker.run("WATCH", "k").is("OK");
        other.run("EXISTS", "k").is(0);
        broker.run("DBSIZE").is(0);
        broker.run("MULTI");
        broker.run("EXEC").is("[]");
    }

    @Test
    void commandsAreTimedOneByOne() {
        broker.run("MULTI");
        broker.run("DEBUG", "SLEEP", "1");
        broker.run("PING");
        broker.run("EXEC");
        assertThat(broker.run("INFO", "commandstats").text())
                .containsPattern("cmdstat_debug:calls=1,usec=1000000,")
                .containsPattern("cmdstat_ping:calls=1,usec=0,")
                .containsPattern("cmdstat_exec:calls=1,usec=1000000,");
    }
}
