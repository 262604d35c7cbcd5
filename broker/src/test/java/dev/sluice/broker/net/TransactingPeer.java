package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.differential.RawConnection;
import dev.sluice.broker.differential.Target;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.resp.ReplyLimits;
import dev.sluice.streams.resp.ReplyReader;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.Route;
import dev.sluice.streams.rsocket.TransactionRequest;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A client that does transactions as its wire has them; replies are texts as {@link InMemoryBroker} shows them. */
interface TransactingPeer extends AutoCloseable {
    String ask(Request command) throws IOException;

    /** The string under a key, which the next transaction is based on. */
    String look(String key) throws IOException;

    /**
     * Runs commands as one.
     *
     * @param atOnce whether they are sent in one piece, where there is a choice
     * @return null if what was looked at has changed
     */
    @Nullable
    List<String> transaction(List<Request> commands, boolean atOnce) throws IOException;

    /** Begins a transaction that does not run. */
    void abandon(Request command) throws IOException;

    @Override
    void close() throws IOException;

    private static @Nullable List<String> texts(Reply reply) {
        return reply instanceof Reply.Array(List<Reply> items)
                ? items.stream().map(InMemoryBroker::text).toList()
                : null;
    }

    /** WATCH, MULTI and EXEC. */
    final class OverResp implements TransactingPeer {
        private final Target broker;
        private RawConnection connection;

        OverResp(Broker broker) throws IOException {
            this.broker = new Target("127.0.0.1", broker.respPort());
            this.connection = RawConnection.open(this.broker);
        }

        private Reply reply() throws IOException {
            ReplyReader reader = new ReplyReader(ReplyLimits.DEFAULT);
            reader.feed(Unpooled.wrappedBuffer(connection.read()));
            return Objects.requireNonNull(reader.next());
        }

        private static byte[] encoded(Request request) {
            List<byte[]> words = new ArrayList<>();
            for (int i = 0; i < request.size(); i++) {
                words.add(request.argument(i).toArray());
            }
            return RawConnection.encode(words);
        }

        @Override
        public String ask(Request command) throws IOException {
            connection.send(encoded(command));
            return InMemoryBroker.text(reply());
        }

        @Override
        public String look(String key) throws IOException {
            assertThat(ask(Request.of("WATCH", key))).isEqualTo("OK");
            return ask(Request.of("GET", key));
        }

        @Override
        public @Nullable List<String> transaction(List<Request> commands, boolean atOnce) throws IOException {
            List<Request> all = new ArrayList<>(commands);
            all.addFirst(Request.of("MULTI"));
            if (atOnce) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                all.forEach(request -> bytes.writeBytes(encoded(request)));
                bytes.writeBytes(encoded(Request.of("EXEC")));
                connection.send(bytes.toByteArray());
                for (Request request : all) {
                    assertThat(InMemoryBroker.text(reply())).as("%s", request).isIn("OK", "QUEUED");
                }
            } else {
                for (Request request : all) {
                    assertThat(ask(request)).as("%s", request).isIn("OK", "QUEUED");
                }
                connection.send(encoded(Request.of("EXEC")));
            }
            return texts(reply());
        }

        @Override
        public void abandon(Request command) throws IOException {
            ask(Request.of("MULTI"));
            ask(command);
            connection.close();
            connection = RawConnection.open(broker);
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    /** The route {@code transaction}, with digests. */
    final class OverRSocket implements TransactingPeer {
        private final RSocketPeer peer;
        private final List<TransactionRequest.Watched> watched = new ArrayList<>();

        OverRSocket(Broker broker, MimeType type) {
            this.peer = RSocketPeer.of(broker, RSocketPeer.Transport.TCP, type);
        }

        @Override
        public String ask(Request command) {
            Reply reply = Objects.requireNonNull(run(List.of(command)));
            return InMemoryBroker.text(((Reply.Array) reply).items().getFirst());
        }

        private Reply run(List<Request> commands) {
            TransactionRequest request = new TransactionRequest(commands, List.copyOf(watched));
            watched.clear();
            return Objects.requireNonNull(
                    peer.ask(Route.TRANSACTION, request.payload()).block(RSocketPeer.SOON));
        }

        @Override
        public String look(String key) {
            Reply both = run(List.of(Request.of("GET", key), Request.of("DIGEST", key)));
            List<Reply> items = ((Reply.Array) both).items();
            Bytes digest = items.get(1) instanceof Bytes text ? text : null;
            watched.add(new TransactionRequest.Watched(Bytes.of(key), digest));
            return InMemoryBroker.text(items.getFirst());
        }

        @Override
        public @Nullable List<String> transaction(List<Request> commands, boolean atOnce) {
            return texts(run(commands));
        }

        @Override
        public void abandon(Request command) {
            TransactionRequest request = new TransactionRequest(List.of(command, Request.of("NOSUCH")), List.of());
            String refusal = peer.ask(Route.TRANSACTION, request.payload())
                    .map(InMemoryBroker::text)
                    .onErrorResume(error -> reactor.core.publisher.Mono.just(String.valueOf(error.getMessage())))
                    .block(RSocketPeer.SOON);
            assertThat(refusal).startsWith("ERR unknown command");
        }

        @Override
        public void close() {
            peer.close();
        }
    }
}
