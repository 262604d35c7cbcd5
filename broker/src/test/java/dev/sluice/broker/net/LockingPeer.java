package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.Route;
import io.rsocket.exceptions.ApplicationErrorException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** A client that takes locks by commands, on either wire. Its connection may be killed by the broker at any moment. */
interface LockingPeer extends AutoCloseable {
    String NOTHING = "(nil)";

    /** The connection has gone, and with it the reply. */
    final class Gone extends IOException {
        private static final long serialVersionUID = 1;

        Gone() {
            super("the connection has gone");
        }
    }

    /** The reply as text; throws {@link Gone}. */
    String ask(String... words) throws IOException;

    /** Asks and goes, with no look at the reply. */
    void askAndGo(String... words) throws IOException;

    @Override
    void close() throws IOException;

    /** RESP. */
    final class OverResp implements LockingPeer {
        private final RawConnection connection;

        OverResp(Broker broker) throws IOException {
            connection = RawConnection.to(broker);
        }

        void send(String... words) throws IOException {
            connection.send(Arrays.stream(words)
                    .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
                    .toList());
        }

        String read() throws IOException {
            String reply = new String(connection.read(), StandardCharsets.ISO_8859_1);
            if (reply.isEmpty()) {
                throw new Gone();
            }
            assertThat(reply).doesNotStartWith("-");
            return reply.equals("$-1\r\n") ? NOTHING : reply.substring(1).strip();
        }

        @Override
        public String ask(String... words) throws IOException {
            send(words);
            return read();
        }

        @Override
        public void askAndGo(String... words) throws IOException {
            send(words);
            close();
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    /** The routes {@code command} and {@code lock.hold}. */
    final class OverRSocket implements LockingPeer {
        private final RSocketPeer peer;

        OverRSocket(Broker broker, MimeType type) {
            peer = RSocketPeer.of(broker, RSocketPeer.Transport.TCP, type);
        }

        @Override
        public String ask(String... words) throws IOException {
            try {
                return InMemoryBroker.text(
                        Objects.requireNonNull(peer.command(words).block(RSocketPeer.SOON)));
            } catch (ApplicationErrorException refused) {
                throw new AssertionError(List.of(words).toString(), refused);
            } catch (IllegalStateException late) {
                throw new AssertionError("no reply to " + List.of(words), late);
            } catch (RuntimeException gone) {
                throw new Gone();
            }
        }

        @Override
        public void askAndGo(String... words) {
            peer.command(words).subscribe(reply -> {}, gone -> {});
            close();
        }

        /** Holds it as long as the stream lives. */
        Hold hold(String key, String owner, long leaseMs) {
            Hold hold = new Hold();
            peer.stream(
                            Route.LOCK_HOLD,
                            "{'key':'%s','owner':'%s','leaseMs':%d,'waitMs':0}".formatted(key, owner, leaseMs))
                    .subscribe(hold);
            return hold;
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    /** A stream of {@code lock.hold}. */
    final class Hold extends BaseSubscriber<Reply> {
        static final String LOST = "ERR the lock is lost";
        private final BlockingQueue<String> events = new LinkedTransferQueue<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(1);
        }

        @Override
        protected void hookOnNext(Reply held) {
            events.add(InMemoryBroker.text(held));
        }

        @Override
        protected void hookOnError(Throwable error) {
            events.add(LOST.equals(error.getMessage()) ? LOST : "gone");
        }

        @Override
        protected void hookOnComplete() {
            events.add("complete");
        }

        /** The token that it was given; throws {@link Gone} if the connection was killed meanwhile. */
        long token() throws InterruptedException, IOException {
            String event = next();
            if (event.equals("gone")) {
                throw new Gone();
            }
            assertThat(event).startsWith("[token, ");
            return Long.parseLong(event.substring("[token, ".length(), event.length() - 1));
        }

        String next() throws InterruptedException {
            return String.valueOf(events.poll(RSocketPeer.SOON.toSeconds(), TimeUnit.SECONDS));
        }
    }
}
