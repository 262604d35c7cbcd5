package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.config.CommandLine;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.differential.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RenameCommandTest {
    private static Broker start(String... names) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < names.length; i += 2) {
            words.addAll(List.of("--rename-command", names[i], names[i + 1]));
        }
        Settings settings = ((CommandLine.Start) CommandLine.read(words, new LocalHost())).settings();
        return Broker.start(settings, new Ports(Ports.ANY, Ports.OFF, Ports.OFF));
    }

    private static String ask(RawConnection connection, String... words) throws IOException {
        return new String(connection.ask(words), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aCommandAnswersToItsNewNameOnly() throws IOException {
        try (Broker broker = start("FLUSHALL", "", "get", "take", "set", "GET", "config", "secret");
                RawConnection connection = RawConnection.open(new Target("127.0.0.1", broker.respPort()))) {
            assertThat(ask(connection, "FLUSHALL")).startsWith("-ERR unknown command 'FLUSHALL'");
            assertThat(ask(connection, "Get", "k", "v")).isEqualTo("+OK\r\n");
            assertThat(ask(connection, "TAKE", "k")).isEqualTo("$1\r\nv\r\n");
            assertThat(ask(connection, "set", "k", "v")).startsWith("-ERR unknown command 'set'");
            assertThat(ask(connection, "SECRET", "GET", "port")).startsWith("*2\r\n$4\r\nport\r\n");
            assertThat(ask(connection, "COMMAND", "GETKEYS", "take", "k")).isEqualTo("*1\r\n$1\r\nk\r\n");
        }
    }

    @Test
    void namesMustBeThereAndFree() {
        assertThatThrownBy(() -> start("nosuch", "x"))
                .isInstanceOf(StartRefused.class)
                .hasMessage("No such command in rename-command: NOSUCH");
        assertThatThrownBy(() -> start("get", "set"))
                .isInstanceOf(StartRefused.class)
                .hasMessage("Target command name already exists: SET");
        assertThatThrownBy(() -> start("get", "", "get", "x")).isInstanceOf(StartRefused.class);
    }
}
