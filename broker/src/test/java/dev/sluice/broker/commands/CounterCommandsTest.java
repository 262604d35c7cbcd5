package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.data.StringValue;
import dev.sluice.streams.message.Bytes;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CounterCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @AfterEach
    void close() {
        broker.close();
    }

    private void encoded(String encoding) {
        StringValue value = broker.keyspace.database(0).string(Bytes.of("k"));
        assertThat(value.encoding()).isEqualTo(encoding);
    }

    @Test
    void aLongTextIsRefusedWithoutACopyOfIt() {
        broker.run("SETRANGE", "k", "50000000", "x");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        broker.run("INCR", "k").isError("ERR value is not an integer or out of range");
        broker.run("INCREX", "k").isError("ERR value is not an integer or out of range");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000_000);
        broker.run("SET", "k", "-9223372036854775808");
        broker.run("INCR", "k").is("-9223372036854775807");
        broker.run("SET", "k", "18446744073709551615");
        broker.run("INCR", "k").isError("ERR value is not an integer or out of range");
    }

    @Test
    void whatWasCountedInFloatsIsNoNumberForRedis() {
        broker.run("INCRBYFLOAT", "k", "10").is("10");
        encoded("embstr");
        broker.run("INCR", "k").is(11);
        encoded("int");
        broker.run("INCRBYFLOAT", "k", "1").is("12");
        broker.run("EXPIRE", "k", "100").is(1);
        encoded("embstr");
        broker.run("RENAME", "k", "other").is("OK");
        broker.run("RENAME", "other", "k").is("OK");
        encoded("embstr");
        broker.run("SET", "k", "12", "KEEPTTL").is("OK");
        encoded("int");
    }

    @Test
    void floatsAreJournalledAsTheirText() {
        broker.run("INCRBYFLOAT", "k", "1.25");
        broker.run("EXPIRE", "k", "100");
        broker.run("INCRBYFLOAT", "k", "0.1").is("1.35");
        broker.run("INCRBYFLOAT", "k", "inf").isError("ERR increment would produce NaN or Infinity");
        broker.run("TTL", "k").is(100);
        assertThat(broker.journalled).hasSize(3);
        assertThat(broker.journalled.getLast().replaceAll("[*$][0-9]+\r\n", "").replace("\r\n", " "))
                .isEqualTo("SET k 1.35 KEEPTTL ");
    }
}
