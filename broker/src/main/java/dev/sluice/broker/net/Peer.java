package dev.sluice.broker.net;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.channel.unix.UnixChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Who is at the other end of a RESP connection.
 *
 * @param unixAddress what both ends are called of a socket in the file system
 */
record Peer(Channel channel, String unixAddress) {
    String address() {
        return isUnixSocket() ? unixAddress : text(channel.remoteAddress());
    }

    String localAddress() {
        return isUnixSocket() ? unixAddress : text(channel.localAddress());
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(address);
    }

    boolean isLocal() {
        return !(channel.remoteAddress() instanceof InetSocketAddress inet)
                || inet.getAddress().isLoopbackAddress();
    }

    boolean isUnixSocket() {
        return channel instanceof DomainSocketChannel || channel.parent() instanceof NioServerDomainSocketChannel;
    }

    /** Number of the socket in the operating system; -1 if there is none to tell. */
    int descriptor() {
        return channel instanceof UnixChannel unix ? unix.fd().intValue() : -1;
    }
}
