package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.config.CommandLine;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import java.io.IOException;
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

    @Test
    void aCommandAnswersToItsNewNameOnly() throws IOException {
        try (Broker broker = start("FLUSHALL", "", "get", "take", "set", "GET", "config", "secret");
                RawConnection connection = RawConnection.to(broker)) {
            assertThat(connection.text("FLUSHALL")).startsWith("-ERR unknown command 'FLUSHALL'");
            assertThat(connection.text("Get", "k", "v")).isEqualTo("+OK\r\n");
            assertThat(connection.text("TAKE", "k")).isEqualTo("$1\r\nv\r\n");
            assertThat(connection.text("set", "k", "v")).startsWith("-ERR unknown command 'set'");
            assertThat(connection.text("SECRET", "GET", "port")).startsWith("*2\r\n$4\r\nport\r\n");
            assertThat(connection.text("COMMAND", "GETKEYS", "take", "k")).isEqualTo("*1\r\n$1\r\nk\r\n");
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
