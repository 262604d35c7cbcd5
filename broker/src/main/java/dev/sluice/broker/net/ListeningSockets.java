package dev.sluice.broker.net;

import java.util.ArrayList;
import java.util.List;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;

/**
 * What one wire listens with: a socket for each address, all on one port. Opening and closing wait for the loop of the
 * sockets, so never call this from a loop; connections that have been accepted are not concerned.
 */
final class ListeningSockets {
    /** Throws {@link ChannelBindException}. */
    @FunctionalInterface
    interface Opener {
        DisposableServer open(String address, int port);
    }

    private final Opener opener;
    private final List<DisposableServer> sockets = new ArrayList<>();
    private boolean stopped;

    ListeningSockets(Opener opener) {
        this.opener = opener;
    }

    /**
     * Listens on these addresses and no longer on the ones before, for the new may be among them; if that fails, on none.
     *
     * @param addresses as {@code bind} has them
     * @param port 0 for any one that is free
     * @return the port
     * @throws ChannelBindException
     */
    synchronized int listen(List<String> addresses, int port) {
        close();
        int bound = port;
        if (stopped) {
            return bound;
        }
        try {
            for (String address : Addresses.toBind(addresses)) {
                DisposableServer socket = opener.open(address, bound);
                sockets.add(socket);
                bound = socket.port();
            }
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
        return bound;
    }

    /** Listens no longer; may do so again. */
    synchronized void close() {
        sockets.forEach(DisposableServer::disposeNow);
        sockets.clear();
    }

    /** Listens no longer, and never again. */
    synchronized void stop() {
        stopped = true;
        close();
    }
}
