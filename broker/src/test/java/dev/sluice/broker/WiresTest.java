package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.broker.config.Settings;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.differential.Target;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WiresTest {
    private static final String PONG = "+PONG\r\n";
    private static final String OK = "+OK\r\n";

    private Broker broker;
    private RawConnection client;

    @BeforeEach
    void open() throws IOException {
        broker = Broker.start(Settings.of("bind", "127.0.0.1"), Ports.any());
        client = connect(broker.respPort());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        broker.close();
    }

    private static RawConnection connect(int port) throws IOException {
        return RawConnection.open(new Target("127.0.0.1", port));
    }

    private static void listens(int port) throws IOException {
        try (RawConnection fresh = connect(port)) {
            assertThat(fresh.text("PING")).isEqualTo(PONG);
        }
    }

    private static void isDeaf(String address, int port) {
        assertThatExceptionOfType(ConnectException.class)
                .isThrownBy(() -> new Socket(InetAddress.getByName(address), port).close());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void thePortMovesAndConnectionsStay() throws IOException {
        int before = broker.respPort();
        int after = freePort();
        assertThat(client.text("CONFIG", "SET", "port", Integer.toString(after)))
                .isEqualTo(OK);
        assertThat(broker.respPort()).isEqualTo(after);
        listens(after);
        isDeaf("127.0.0.1", before);
        assertThat(client.text("PING")).isEqualTo(PONG);
        assertThat(client.text("INFO", "server")).contains("tcp_port:" + after);
    }

    @Test
    void aPortThatIsTakenChangesNothing() throws IOException {
        int before = broker.respPort();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(client.text("CONFIG", "SET", "maxmemory", "10000001", "port", port))
                    .isEqualTo("-ERR CONFIG SET failed (possibly related to argument 'port')"
                            + " - Unable to listen on this port. Check server logs.\r\n");
        }
        assertThat(client.text("CONFIG", "GET", "maxmemory")).contains("\r\n0\r\n");
        assertThat(client.text("CONFIG", "GET", "port")).contains("\r\n6379\r\n");
        listens(before);
    }

    @Test
    void portZeroIsNoPort() throws IOException {
        int before = broker.respPort();
        assertThat(client.text("CONFIG", "SET", "port", "0")).isEqualTo(OK);
        isDeaf("127.0.0.1", before);
        assertThat(client.text("CONFIG", "SET", "port", "6379")).isEqualTo(OK); // as at the start: any port
        listens(before);
    }

    @Test
    void allWiresFollowTheAddress() throws IOException {
        assertThat(client.text("CONFIG", "SET", "bind", "127.0.0.2")).isEqualTo(OK);
        for (int port : new int[] {broker.respPort(), broker.rsocketPort(), broker.httpPort()}) {
            isDeaf("127.0.0.1", port);
            new Socket(InetAddress.getByName("127.0.0.2"), port).close();
        }
        assertThat(client.text("CONFIG", "SET", "bind", "127.0.0.1 127.0.0.2")).isEqualTo(OK);
        listens(broker.respPort());
    }

    @Test
    void anAddressThatIsNotThereChangesNothing() throws IOException {
        assertThat(client.text("CONFIG", "SET", "bind", "999.999.999.999"))
                .isEqualTo("-ERR CONFIG SET failed (possibly related to argument 'bind')"
                        + " - Failed to bind to specified addresses.\r\n");
        assertThat(client.text("CONFIG", "GET", "bind")).contains("\r\n127.0.0.1\r\n");
        for (int port : new int[] {broker.respPort(), broker.rsocketPort(), broker.httpPort()}) {
            new Socket(InetAddress.getByName("127.0.0.1"), port).close();
        }
    }

    @Test
    void aTransactionCannotWaitForIt() throws IOException {
        int before = broker.respPort();
        assertThat(client.text("MULTI")).isEqualTo(OK);
        client.text("CONFIG", "SET", "maxmemory", "10000001", "port", Integer.toString(freePort()));
        assertThat(client.text("EXEC")).startsWith("*1\r\n-ERR CONFIG SET failed - port and bind");
        assertThat(client.text("CONFIG", "GET", "maxmemory")).contains("\r\n0\r\n");
        listens(before);
    }

    @Test
    void whoLeavesAtOnceHasMovedItAllTheSame() throws IOException {
        int after = freePort();
        client.close();
        try (Socket hasty = new Socket("127.0.0.1", broker.respPort())) {
            hasty.getOutputStream().write(("CONFIG SET port " + after + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        client = eventually(after);
        String answer;
        do { // until the change has ended
            answer = client.text("CONFIG", "SET", "maxmemory", "10000001");
        } while (answer.contains("another one"));
        assertThat(answer).isEqualTo(OK);
    }

    private static RawConnection eventually(int port) throws IOException {
        while (true) {
            try {
                return connect(port);
            } catch (ConnectException notYet) {
                Thread.onSpinWait();
            }
        }
    }
}
