package dev.sluice.broker.net;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.session.Sessions;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Who may connect at all, on any wire: {@code maxclients} and protected mode. */
public final class Gate {
    static final String FULL = "ERR max number of clients reached";

    static final String PROTECTED =
            "DENIED Sluice is running in protected mode because protected mode is enabled and no password is set for"
                    + " the default user. In this mode connections are only accepted from the loopback interface. If"
                    + " you want to connect from external computers, you may adopt one of the following solutions: 1)"
                    + " Disable protected mode with CONFIG SET protected-mode no from the loopback interface. 2) Set"
                    + " protected-mode to no in the configuration file and restart. 3) Start the server with"
                    + " --protected-mode no. 4) Set a password with requirepass.";

    private final Settings settings;
    private final Sessions sessions;

    public Gate(Settings settings, Sessions sessions) {
        this.settings = settings;
        this.sessions = sessions;
    }

    /** Why this connection is turned away, as an error line without its {@code -}; null if it is let in. */
    @Nullable
    String refusal(Channel channel) {
        if (isFull()) {
            return FULL;
        }
        return allows(channel.remoteAddress()) ? null : PROTECTED;
    }

    /** Whether there are as many connections as may be. */
    boolean isFull() {
        return sessions.count() >= settings.number(Setting.MAXCLIENTS);
    }

    /** A connection was turned away before it was one. */
    void refused(String wire) {
        sessions.refuse(wire);
    }

    /** Whether protected mode lets this peer in. */
    boolean allows(java.net.@Nullable SocketAddress peer) {
        return !settings.isOn(Setting.PROTECTED_MODE)
                || !settings.text(Setting.REQUIREPASS).isEmpty()
                || !(peer instanceof InetSocketAddress inet)
                || inet.getAddress().isLoopbackAddress();
    }
}
