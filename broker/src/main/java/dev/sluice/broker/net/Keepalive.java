package dev.sluice.broker.net;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;

/** The setting {@code tcp-keepalive}: first probe after so many seconds, then every third of that, three times. */
final class Keepalive {
    private Keepalive() {}

    static void apply(Channel channel, int seconds) {
        if (seconds > 0 && channel instanceof EpollSocketChannel epoll) {
            epoll.config().setOption(EpollChannelOption.TCP_KEEPIDLE, seconds);
            epoll.config().setOption(EpollChannelOption.TCP_KEEPINTVL, Math.max(1, seconds / 3));
            epoll.config().setOption(EpollChannelOption.TCP_KEEPCNT, 3);
        }
    }
}
