package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.config.Settings;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SocketFileTest {
    private static final Ports NONE = new Ports(Ports.OFF, Ports.OFF, Ports.OFF);

    @TempDir
    private Path folder;

    private static String ask(SocketChannel channel, String request, String end) throws IOException {
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
        StringBuilder reply = new StringBuilder();
        ByteBuffer in = ByteBuffer.allocate(4096);
        while (!reply.toString().endsWith(end) && channel.read(in.clear()) >= 0) {
            reply.append(StandardCharsets.ISO_8859_1.decode(in.flip()));
        }
        return reply.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "3"})
    void clientsComeThroughTheFileSystem(String ioThreads) throws IOException {
        Path path = Files.createFile(folder.resolve("sluice.sock")); // left by somebody who has crashed
        Settings settings =
                Settings.of("unixsocket", path.toString(), "unixsocketperm", "700", "io-threads", ioThreads);
        try (Broker broker = Broker.start(settings, NONE);
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(broker.respPort()).isEqualTo(Ports.OFF);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
            assertThat(ask(channel, "SET k v\r\nGET k\r\n", "v\r\n")).isEqualTo("+OK\r\n$1\r\nv\r\n");
            String line = ask(channel, "CLIENT INFO\r\n", "\n\r\n");
            assertThat(line)
                    .contains(" addr=" + path + ":0 laddr=" + path + ":0 ")
                    .contains(" flags=U ")
                    .doesNotContain("fd=-1");
            ask(channel, "MONITOR\r\n", "\r\n");
            assertThat(ask(channel, "PING\r\n", "\"PING\"\r\n")).contains("[0 unix:" + path + "] \"PING\"");
            assertThat(ask(channel, "QUIT\r\n", "+OK\r\n")).endsWith("+OK\r\n");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void whatCannotBeBoundStopsTheStart() {
        assertThatThrownBy(() -> Broker.start(
                        Settings.of(
                                "unixsocket", folder.resolve("none/sluice.sock").toString()),
                        NONE))
                .isInstanceOf(StartRefused.class)
                .hasMessageStartingWith("Failed opening Unix socket: ");
        assertThatThrownBy(() -> Broker.start(
                        Settings.of(
                                "unixsocket", folder.resolve("x".repeat(200)).toString()),
                        NONE))
                .isInstanceOf(StartRefused.class);
    }

    @Test
    void aModeIsNineRights() {
        assertThat(PosixFilePermissions.toString(SocketFile.permissions(0755))).isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(SocketFile.permissions(0001))).isEqualTo("--------x");
        assertThat(SocketFile.permissions(0)).isEmpty();
    }
}
