package dev.sluice.broker.net;

import dev.sluice.broker.config.OutputLimits;
import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.dispatch.Dispatcher;
import dev.sluice.broker.dispatch.KeyspaceLoop;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.session.ClientMemory;
import dev.sluice.broker.session.FlushGate;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Sessions;
import dev.sluice.broker.session.Throttle;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.resp.PublishedWriter;
import dev.sluice.streams.resp.ReplyWriter;
import dev.sluice.streams.resp.RequestLimits;
import dev.sluice.streams.resp.RequestReader;
import dev.sluice.streams.resp.Resp2Writer;
import dev.sluice.streams.resp.Resp3Writer;
import dev.sluice.streams.resp.Scratch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * Listens for RESP clients on the addresses of {@code bind}, and lets in whom the settings let in. With one I/O thread
 * the sockets live on the keyspace loop and a command runs where its bytes arrived. With more, the sockets live on loops
 * of their own, which read and write; what has arrived at a socket goes to the keyspace loop as one batch, of which
 * there is at most one under way per connection, and what it answers comes back as one buffer.
 */
public final class RespListener {
    private static final Logger log = LoggerFactory.getLogger(RespListener.class);
    private static final int LOW_WATER_BYTES = 32 * 1024;
    private static final int HIGH_WATER_BYTES = 64 * 1024;
    private static final int FLUSH_BYTES = RespConnection.FLUSH_BYTES;
    private static final int HELD_BACK_BYTES_MAX = 1024 * 1024;

    private final Shared shared;
    private final Gate gate;
    private final LoopResources loops;
    private final ListeningSockets sockets =
            new ListeningSockets((address, port) -> server(address, port).bindNow());
    private @Nullable DisposableServer unixSocket;
    private final Map<Connection, RespConnection> connections = new IdentityHashMap<>();

    public RespListener(
            Settings settings,
            Dispatcher dispatcher,
            Sessions sessions,
            ClientMemory clients,
            KeyspaceLoop loop,
            Time time,
            LoopResources loops,
            Gate gate,
            Throttle throttle,
            FlushGate flushGate,
            Traffic traffic) {
        this.shared = new Shared(settings, dispatcher, sessions, clients, loop, time, throttle, flushGate, traffic);
        this.gate = gate;
        this.loops = loops;
        loop.every(1000, this::watchdog);
        settings.onChange(Setting.PUBSUB_OVERFLOW, this::followSettings);
        settings.onChange(Setting.CLIENT_OUTPUT_BUFFER_LIMIT, this::followSettings);
        settings.onChange(Setting.OUTBOX_MESSAGES_MAX, this::followSettings);
    }

    /**
     * Listens on these addresses and no longer on the ones before; connections stay. Waits, so never on a loop.
     *
     * @param port 0 for any one that is free
     * @return the port
     * @throws reactor.netty.ChannelBindException it listens on none now
     */
    public int listen(List<String> addresses, int port) {
        return sockets.listen(addresses, port);
    }

    /** Listens on no address, until told otherwise. Waits, so never on a loop. */
    public void deafen() {
        sockets.close();
    }

    /** Binds a socket in the file system, where there must be no file yet. Throws ChannelBindException. */
    public void bindUnix(Path path) {
        SocketAddress address =
                Epoll.isAvailable() ? new DomainSocketAddress(path.toFile()) : UnixDomainSocketAddress.of(path);
        unixSocket = common().bindAddress(() -> address).bindNow();
    }

    private TcpServer server(String address, int port) {
        Settings settings = shared.settings;
        return common().host(address)
                .port(port)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, settings.integer(Setting.TCP_KEEPALIVE) > 0);
    }

    private TcpServer common() {
        return TcpServer.create()
                .runOn(loops)
                .option(ChannelOption.SO_BACKLOG, shared.settings.integer(Setting.TCP_BACKLOG))
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES))
                .doOnConnection(this::connected)
                .handle((in, out) -> out.neverComplete());
    }

    /** On the socket's loop. By the time the keyspace's loop has it, it may have no pipeline and no loop any more. */
    private void connected(Connection connection) {
        EventLoop own = connection.channel().eventLoop();
        WritabilityHandler writability = new WritabilityHandler(shared.loop);
        connection.addHandlerLast(writability);
        shared.loop.onLoop(() -> accept(connection, own, writability));
    }

    private void accept(Connection connection, EventLoop own, WritabilityHandler writability) {
        String refusal = gate.refusal(connection.channel());
        if (refusal != null) {
            shared.sessions.refuse("resp");
            connection
                    .outbound()
                    .sendString(Mono.just("-" + refusal + "\r\n"))
                    .then()
                    .subscribe(null, e -> {}, connection::dispose);
            return;
        }
        Keepalive.apply(connection.channel(), shared.settings.integer(Setting.TCP_KEEPALIVE));
        RespConnection resp = new RespConnection(shared, connection);
        connections.put(connection, resp);
        writability.connection = resp;
        connection.inbound().receive().subscribe(resp);
        connection.onDispose(() -> disposed(connection, own, resp));
    }

    /** Through the socket's loop: what had arrived before the end is on that way, and is still served. */
    private void disposed(Connection connection, EventLoop own, RespConnection resp) {
        if (own.inEventLoop()) {
            shared.loop.onLoop(() -> gone(connection, resp));
        } else {
            own.execute(() -> shared.loop.onLoop(() -> gone(connection, resp)));
        }
    }

    private void gone(Connection connection, RespConnection resp) {
        connections.remove(connection);
        resp.gone();
    }

    private void followSettings() {
        connections.values().forEach(RespConnection::followSettings);
    }

    private void watchdog() {
        long now = shared.time.epochMillis();
        List<RespConnection> all = new ArrayList<>(connections.values());
        List<RespConnection> rest =
                all.stream().filter(each -> !each.closesInTheWay(now)).toList();
        boolean memoryComes = rest.size() < all.size();
        rest.forEach(each -> each.watchdog(now, memoryComes));
    }

    /** Stops listening; connections stay until they are closed. */
    public void stop() {
        sockets.stop();
        if (unixSocket != null) {
            unixSocket.disposeNow();
        }
        log.debug("RESP listeners are closed");
    }

    private static final class WritabilityHandler extends ChannelInboundHandlerAdapter {
        private final KeyspaceLoop loop;
        /** Known once it is accepted; only the keyspace's loop looks. */
        private @Nullable RespConnection connection;

        WritabilityHandler(KeyspaceLoop loop) {
            this.loop = loop;
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (context.channel().isWritable()) {
                loop.onLoop(this::writable);
            }
            context.fireChannelWritabilityChanged();
        }

        private void writable() {
            RespConnection accepted = connection;
            if (accepted != null) {
                accepted.writable();
            }
        }
    }

    /** What all RESP connections have in common: the parts of the broker that they reach, and their limits. */
    static final class Shared {
        /** A request of 512 MiB fits while its buffer grows to it from half of that, and other things have room beside it. */
        private static final long HEAP_FOR_QUERIES = Runtime.getRuntime().maxMemory() / 5 * 4;

        private final Settings settings;
        private final Dispatcher dispatcher;
        private final Sessions sessions;
        private final ClientMemory clients;
        private final KeyspaceLoop loop;
        private final Time time;
        private final Traffic traffic;
        private final FlushGate flushGate;
        private final Scratch scratch = new Scratch();
        private final QueryRoom room;
        private final ReplyWriter resp2 = new Resp2Writer();
        private final ReplyWriter resp3 = new Resp3Writer();
        private final Bytes[] keys = new Bytes[RequestReader.AHEAD_MAX + 1];
        private RequestLimits limits = RequestLimits.DEFAULT;
        private RequestLimits limitsOfStrangers = RequestLimits.DEFAULT.restricted(true);
        private boolean passwordIsSet;
        private long replyBytesMax;
        private long stallMsMax;
        private long idleMsMax;
        private int turnCommands;
        private long turnNanos;
        private final Patience.Parts patience;
        private OutputLimits outputLimits;
        private int flushBytes = FLUSH_BYTES;
        private int directBytes = FLUSH_BYTES;
        private PushPolicy standardPolicy = new PushPolicy(Overflow.DISCONNECT, 1);
        private PushPolicy strictPolicy = standardPolicy;

        Shared(
                Settings settings,
                Dispatcher dispatcher,
                Sessions sessions,
                ClientMemory clients,
                KeyspaceLoop loop,
                Time time,
                Throttle throttle,
                FlushGate flushGate,
                Traffic traffic) {
            this.flushGate = flushGate;
            this.settings = settings;
            this.dispatcher = dispatcher;
            this.sessions = sessions;
            this.clients = clients;
            this.loop = loop;
            this.time = time;
            this.traffic = traffic;
            this.room = new QueryRoom(scratch, loop);
            this.patience =
                    new Patience.Parts(throttle, loop, time, () -> settings.number(Setting.PUBSUB_THROTTLE_MS_MAX));
            this.outputLimits = settings.outputLimits();
            readSettings();
            for (Setting setting : List.of(
                    Setting.PROTO_MAX_BULK_LEN,
                    Setting.REQUIREPASS,
                    Setting.REQUEST_ARGUMENTS_MAX,
                    Setting.CLIENT_QUERY_BUFFER_LIMIT,
                    Setting.QUERY_BUFFERS_BYTES_MAX,
                    Setting.REQUEST_INLINE_BYTES_MAX,
                    Setting.CLIENT_REPLY_BUFFER_BYTES_MAX,
                    Setting.CLIENT_STALL_MS_MAX,
                    Setting.CLIENT_OUTPUT_BUFFER_LIMIT,
                    Setting.OUTBOX_MESSAGES_MAX,
                    Setting.PUBSUB_OVERFLOW,
                    Setting.TIMEOUT,
                    Setting.REQUIREPASS,
                    Setting.TURN_COMMANDS_MAX,
                    Setting.TURN_US_MAX)) {
                settings.onChange(setting, this::readSettings);
            }
        }

        private void readSettings() {
            limits = new RequestLimits(
                    settings.number(Setting.PROTO_MAX_BULK_LEN),
                    settings.integer(Setting.REQUEST_ARGUMENTS_MAX),
                    settings.integer(Setting.REQUEST_INLINE_BYTES_MAX),
                    settings.number(Setting.CLIENT_QUERY_BUFFER_LIMIT),
                    false);
            limitsOfStrangers = limits.restricted(true);
            long queryBytesMax = settings.number(Setting.QUERY_BUFFERS_BYTES_MAX);
            room.limit(queryBytesMax > 0 ? queryBytesMax : HEAP_FOR_QUERIES);
            passwordIsSet = !settings.bytes(Setting.REQUIREPASS).isEmpty();
            replyBytesMax = settings.number(Setting.CLIENT_REPLY_BUFFER_BYTES_MAX);
            stallMsMax = settings.number(Setting.CLIENT_STALL_MS_MAX);
            idleMsMax = settings.number(Setting.TIMEOUT) * 1000;
            turnCommands = settings.integer(Setting.TURN_COMMANDS_MAX);
            turnNanos = settings.number(Setting.TURN_US_MAX) * 1000;
            readOutputLimits();
        }

        private void readOutputLimits() {
            outputLimits = settings.outputLimits();
            long least = Math.min(hardBytes(false), hardBytes(true));
            directBytes = (int) Math.min(FLUSH_BYTES, least);
            long most = hardBytes(false) == Long.MAX_VALUE ? FLUSH_BYTES : hardBytes(false);
            flushBytes = (int) Math.clamp(most, FLUSH_BYTES, HELD_BACK_BYTES_MAX);
            int messages = settings.integer(Setting.OUTBOX_MESSAGES_MAX);
            strictPolicy = new PushPolicy(Overflow.DISCONNECT, messages);
            Overflow overflow = Overflow.named(settings.text(Setting.PUBSUB_OVERFLOW));
            standardPolicy = overflow == null ? strictPolicy : new PushPolicy(overflow, messages);
        }

        FlushGate flushGate() {
            return flushGate;
        }

        Dispatcher dispatcher() {
            return dispatcher;
        }

        Sessions sessions() {
            return sessions;
        }

        ClientMemory clients() {
            return clients;
        }

        KeyspaceLoop loop() {
            return loop;
        }

        Time time() {
            return time;
        }

        Traffic traffic() {
            return traffic;
        }

        Scratch scratch() {
            return scratch;
        }

        /** Where those wait whose query buffers find no memory. */
        QueryRoom room() {
            return room;
        }

        /** Address of both ends of a connection through the socket in the file system. */
        String unixAddress() {
            return settings.text(Setting.UNIXSOCKET) + ":0";
        }

        /** Of a pipeline: what most commands have as argument 1 is a key, and for the others nothing is lost. */
        void fetch(Session session, Request first, RequestReader reader) {
            int count = 0;
            if (first.size() > 1) {
                keys[count++] = first.argument(1);
            }
            for (int i = 0; i < reader.ahead(); i++) {
                Request request = reader.ahead(i);
                if (request.size() > 1) {
                    keys[count++] = request.argument(1);
                }
            }
            dispatcher.fetch(session, keys, count);
        }

        /** What a request may take; less while the client has yet to say the password. */
        RequestLimits requestLimits(Session session) {
            return session.isAuthenticated() || !passwordIsSet ? limits : limitsOfStrangers;
        }

        ReplyWriter writer(int protocol) {
            return protocol == 3 ? resp3 : resp2;
        }

        Bytes encoded(Reply push, int protocol, ByteBufAllocator alloc) {
            ByteBuf buffer = alloc.heapBuffer();
            try {
                writer(protocol).write(push, buffer);
                return Bytes.of(ByteBufUtil.getBytes(buffer));
            } finally {
                buffer.release();
            }
        }

        Bytes encoded(Published message, int protocol) {
            return protocol == 3 ? PublishedWriter.resp3(message) : PublishedWriter.resp2(message);
        }

        /** What {@code client-output-buffer-limit} says of subscribers, or of others: Redis counts monitors among those. */
        OutputLimits.Limit outputLimit(boolean subscriber) {
            return subscriber ? outputLimits.pubsub() : outputLimits.normal();
        }

        /** The hard limit of the class; without one no number is as large. */
        long hardBytes(boolean subscriber) {
            long hard = outputLimit(subscriber).hardBytes();
            return hard <= 0 ? Long.MAX_VALUE : hard;
        }

        /** How many bytes of pushes wait at most. Who does not subscribe has a limit even if the settings name none. */
        long pushBytesMax(boolean subscriber, Overflow overflow) {
            long hard = hardBytes(subscriber);
            boolean unlimited = hard == Long.MAX_VALUE && (!subscriber || overflow != Overflow.DISCONNECT);
            return unlimited ? replyBytesMax : hard;
        }

        /** What the settings choose for subscribers. */
        PushPolicy standardPolicy() {
            return standardPolicy;
        }

        /** For those to whom pushes come that are no messages. */
        PushPolicy strictPolicy() {
            return strictPolicy;
        }

        Patience.Parts patience() {
            return patience;
        }

        /**
         * From how many bytes on replies are sent before the end of the turn. Where the settings have a hard limit they are
         * held back that long, so that a client that is closed for one reply has received nothing of it.
         */
        int flushBytes() {
            return flushBytes;
        }

        /** Below so many bytes on the way a push needs no queue. */
        int directBytes() {
            return directBytes;
        }

        long replyBytesMax() {
            return replyBytesMax;
        }

        long stallMsMax() {
            return stallMsMax;
        }

        long idleMsMax() {
            return idleMsMax;
        }

        int turnCommands() {
            return turnCommands;
        }

        long turnNanos() {
            return turnNanos;
        }
    }
}
