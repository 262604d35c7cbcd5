package dev.sluice.broker;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.SettingRefused;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.net.HttpListener;
import dev.sluice.broker.net.RSocketListener;
import dev.sluice.broker.net.RespListener;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.ChannelBindException;

/** Where the broker listens: opened at the start, moved by CONFIG SET of {@code port} and {@code bind}. */
final class Wires {
    private static final Logger log = LoggerFactory.getLogger(Wires.class);

    /** As the listeners' own; throws {@link ChannelBindException}. */
    @FunctionalInterface
    private interface Listening {
        int listen(List<String> addresses, int port);
    }

    private final Settings settings;
    private final RespListener resp;
    private final RSocketListener rsocket;
    private final HttpListener http;
    private @Nullable SocketFile socketFile;
    private volatile int respPort = Ports.OFF;
    private volatile int rsocketPort = Ports.OFF;
    private volatile int httpPort = Ports.OFF;
    private final int portSetting;
    private volatile int portOfSetting;

    Wires(Settings settings, RespListener resp, RSocketListener rsocket, HttpListener http) {
        this.settings = settings;
        this.resp = resp;
        this.rsocket = rsocket;
        this.http = http;
        portSetting = settings.integer(Setting.PORT);
        settings.onChangeElsewhere(Setting.PORT, this::movePort);
        settings.onChangeElsewhere(Setting.BIND, this::moveAll);
    }

    /** Throws {@link StartRefused} if one of them cannot be opened. */
    void open(Ports ports) {
        List<String> addresses = settings.words(Setting.BIND);
        if (ports.resp() != Ports.OFF) {
            respPort = openResp(addresses, ports.resp());
            portOfSetting = respPort;
        }
        if (!settings.text(Setting.UNIXSOCKET).isEmpty()) {
            openUnix(settings.text(Setting.UNIXSOCKET));
        }
        rsocketPort = openOwn(Setting.RSOCKET_PORT, addresses, ports.rsocket(), rsocket::listen);
        httpPort = openOwn(Setting.HTTP_PORT, addresses, ports.http(), http::listen);
    }

    private int openResp(List<String> addresses, int port) {
        try {
            return resp.listen(addresses, port);
        } catch (ChannelBindException taken) {
            throw new StartRefused("Failed listening on port " + port + " (tcp), aborting. " + taken.getMessage());
        }
    }

    private void openUnix(String path) {
        try {
            SocketFile file = new SocketFile(Path.of(path));
            file.clear();
            resp.bindUnix(file.path());
            socketFile = file;
            file.permit(settings.integer(Setting.UNIXSOCKETPERM));
        } catch (ChannelBindException | IOException | InvalidPathException refused) {
            throw new StartRefused("Failed opening Unix socket: " + refused.getMessage());
        }
    }

    /** A port that was asked for must be there; the default one may be somebody else's, and then the wire is off. */
    private int openOwn(Setting setting, List<String> addresses, int port, Listening wire) {
        if (port == Ports.OFF) {
            return Ports.OFF;
        }
        try {
            return wire.listen(addresses, port);
        } catch (ChannelBindException taken) {
            String what = setting.parameter() + " " + port + ": " + taken.getMessage();
            if (settings.isGiven(setting)) {
                throw new StartRefused("Failed listening on " + what);
            }
            log.warn(
                    "Not listening on {}; choose another with --{} or switch it off with 0", what, setting.parameter());
            return Ports.OFF;
        }
    }

    private Runnable movePort() {
        List<String> addresses = settings.words(Setting.BIND);
        int asked = settings.integer(Setting.PORT);
        int port = asked == portSetting ? portOfSetting : asked; // who embeds a broker may have asked for any port
        return () -> {
            respPort = Ports.OFF;
            resp.deafen();
            if (port > 0) {
                respPort = move(resp::listen, addresses, port, "Unable to listen on this port. Check server logs.");
            }
        };
    }

    private Runnable moveAll() {
        List<String> addresses = settings.words(Setting.BIND);
        return () -> {
            move(resp::listen, addresses, respPort);
            move(rsocket::listen, addresses, rsocketPort);
            move(http::listen, addresses, httpPort);
        };
    }

    private static void move(Listening wire, List<String> addresses, int port) {
        if (port != Ports.OFF) {
            move(wire, addresses, port, "Failed to bind to specified addresses.");
        }
    }

    private static int move(Listening wire, List<String> addresses, int port, String failure) {
        try {
            return wire.listen(addresses, port);
        } catch (RuntimeException failed) {
            log.warn("Could not create server TCP listening socket {}:{}: {}", addresses, port, failed.getMessage());
            throw new SettingRefused(failure);
        }
    }

    /** The ports, for the line that says that the broker is ready. */
    String describe() {
        return "resp=" + respPort + " rsocket=" + rsocketPort + " http=" + httpPort;
    }

    int respPort() {
        return respPort;
    }

    int rsocketPort() {
        return rsocketPort;
    }

    int httpPort() {
        return httpPort;
    }

    /** Listens no longer; connections stay until they are closed. */
    void stop() {
        resp.stop();
        if (socketFile != null) {
            socketFile.remove();
        }
        rsocket.stop();
        http.stop();
    }
}
