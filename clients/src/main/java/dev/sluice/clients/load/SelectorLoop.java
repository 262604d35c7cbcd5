package dev.sluice.clients.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/** One selector and one inbound buffer, which all connections of a run share; used by one thread. */
final class SelectorLoop implements AutoCloseable {
    private static final int INBOUND_BYTES = 256 << 10;

    /** What a connection does when its socket is ready. */
    interface Handler {
        /** {@code in} holds what was read, and is reused as soon as this returns. */
        void received(ByteBuffer in) throws IOException;

        /** The socket takes bytes again; only after {@link Link#write} left some. */
        void writable() throws IOException;
    }

    private final Selector selector;
    private final ByteBuffer inbound = ByteBuffer.allocateDirect(INBOUND_BYTES);
    private final Consumer<SelectionKey> dispatch = this::dispatch;

    SelectorLoop() {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connects, blocking, and registers the socket; the handler is set with {@link Link#handle}. */
    Link connect(Target target) {
        try {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(target.host(), target.port()));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            return new Link(channel, channel.register(selector, SelectionKey.OP_READ));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to " + target, e);
        }
    }

    /** Serves what is ready, waiting at most {@code millis}; 0 does not wait. */
    void turn(long millis) {
        try {
            if (millis == 0) {
                selector.selectNow(dispatch);
            } else {
                selector.select(dispatch, millis);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void dispatch(SelectionKey key) {
        Link link = (Link) key.attachment();
        try {
            if (key.isReadable()) {
                link.read(inbound);
            }
            if (key.isValid() && key.isWritable()) {
                link.writable();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the server closed a connection", e);
        }
    }

    @Override
    public void close() {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection of the loop. */
    static final class Link {
        private static final Handler NOBODY = new Handler() {
            @Override
            public void received(ByteBuffer in) {
                in.position(in.limit());
            }

            @Override
            public void writable() {}
        };

        private final SocketChannel channel;
        private final SelectionKey key;
        private Handler handler = NOBODY;
        private int reading = SelectionKey.OP_READ;

        private Link(SocketChannel channel, SelectionKey key) {
            this.channel = channel;
            this.key = key;
            key.attach(this);
        }

        void handle(Handler handler) {
            this.handler = handler;
        }

        /** Writes what the socket takes; asks for {@link Handler#writable} if some of {@code out} is left. */
        void write(ByteBuffer out) throws IOException {
            channel.write(out);
            if (out.hasRemaining()) {
                key.interestOps(reading | SelectionKey.OP_WRITE);
            }
        }

        /** From now on nothing is read, and the socket's buffers fill up. */
        void stopReading() {
            reading = 0;
            key.interestOps(0);
        }

        private void read(ByteBuffer inbound) throws IOException {
            inbound.clear();
            if (channel.read(inbound) < 0) {
                throw new IOException("end of stream");
            }
            handler.received(inbound.flip());
        }

        private void writable() throws IOException {
            key.interestOps(reading);
            handler.writable();
        }
    }
}
