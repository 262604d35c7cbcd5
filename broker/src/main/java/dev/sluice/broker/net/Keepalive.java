package dev.sluice.broker.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The setting {@code tcp-keepalive}: first probe after so many seconds, then every third of that, three times. */
final class Keepalive {
    private static final Logger log = LoggerFactory.getLogger(Keepalive.class);

    private Keepalive() {}

    static void apply(Channel channel, int seconds) {
        if (seconds > 0 && channel instanceof EpollSocketChannel epoll) {
            try {
                apply(epoll, seconds);
            } catch (ChannelException gone) {
                log.debug("{} closed before it was let in", channel, gone);
            }
        }
    }

    private static void apply(EpollSocketChannel epoll, int seconds) {
        epoll.config().setOption(EpollChannelOption.TCP_KEEPIDLE, seconds);
        epoll.config().setOption(EpollChannelOption.TCP_KEEPINTVL, Math.max(1, seconds / 3));
        epoll.config().setOption(EpollChannelOption.TCP_KEEPCNT, 3);
    }
}
