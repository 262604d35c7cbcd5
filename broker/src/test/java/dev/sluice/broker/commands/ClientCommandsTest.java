package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What redis-server 7.0 does not know of CLIENT: SETINFO, as Redis 7.2 has it. */
class ClientCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void setinfoKeepsTheLibrary() {
        broker.run("CLIENT", "SETINFO", "LIB-NAME", "node-redis(tag)").is("OK");
        broker.run("CLIENT", "SETINFO", "lib-ver", "6.3.1").is("OK");
        assertThat(broker.run("CLIENT", "INFO").text()).contains("lib-name=node-redis(tag) lib-ver=6.3.1");
        broker.run("CLIENT", "SETINFO", "lib-name", "").is("OK");
        assertThat(broker.run("CLIENT", "INFO").text()).contains("lib-name= lib-ver=6.3.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\nb", "\u00e9", "\u007f"})
    void setinfoRefusesWhatWouldBreakTheLineOfAClient(String value) {
        broker.run("CLIENT", "SETINFO", "LIB-NAME", value)
                .isError("ERR lib-name cannot contain spaces, newlines or special characters.");
        broker.run("CLIENT", "SETINFO", "LIB-VER", value)
                .isError("ERR lib-ver cannot contain spaces, newlines or special characters.");
    }

    @Test
    void setinfoRefusesAnythingElse() {
        broker.run("CLIENT", "SETINFO", "lib-os", "linux").isError("ERR Unrecognized option 'lib-os'");
        broker.run("CLIENT", "SETINFO", "lib-name")
                .isError("ERR wrong number of arguments for 'client|setinfo' command");
    }
}
