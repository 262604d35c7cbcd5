package dev.sluice.broker.commands;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.data.StringValue;
import dev.sluice.streams.message.Bytes;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubstringCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    private void encoded(String key, String encoding) {
        StringValue value = broker.keyspace.database(0).string(Bytes.of(key));
        Assertions.assertThat(value.encoding()).isEqualTo(encoding);
    }

    @Test
    void whatWasChangedInPartIsRaw() {
        broker.run("SETRANGE", "new", "0", "1").is(1);
        encoded("new", "raw");
        broker.run("SET", "k", "123").is("OK");
        encoded("k", "int");
        broker.run("SETRANGE", "k", "1", "").is(3);
        encoded("k", "int");
        broker.run("SETRANGE", "k", "1", "0").is(3);
        encoded("k", "raw");
        broker.run("INCR", "k").is(104);
        encoded("k", "int");
        broker.run("APPEND", "k", "5").is(4);
        encoded("k", "raw");
        broker.run("APPEND", "other", "5").is(1);
        encoded("other", "int");
    }

    /** Nothing of that size is put together on the way, which would not fit into the heap. */
    @Test
    void aFarOffsetTakesNoMoreThanTheString() {
        broker.run("SETRANGE", "k", "5000000", "end").is(5_000_003);
        broker.run("GETRANGE", "k", "4999999", "-1").is("\0end");
        broker.run("SETRANGE", "k", "536870912", "x")
                .isError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
    }
}
