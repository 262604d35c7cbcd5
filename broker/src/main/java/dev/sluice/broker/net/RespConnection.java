package dev.sluice.broker.net;

import dev.sluice.broker.session.Session;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.resp.ProtocolError;
import dev.sluice.streams.resp.ReplyWriter;
import dev.sluice.streams.resp.RequestReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.netty.Connection;

/**
 * One RESP connection: the subscriber of what arrives. All that has arrived is decoded and run, and what it answers
 * leaves in one flush. Demand on the socket is what slows a client: it is asked for more when its replies have room.
 *
 * <p>Why nothing runs although requests are there ({@link #mayRun}): a command waits; the client does not take its
 * replies; pushes are queued that came before (replies and pushes leave in one order); the turn is over.
 */
final class RespConnection extends BaseSubscriber<ByteBuf> implements Session.Connection, Intake.Owner {
    private static final Logger log = LoggerFactory.getLogger(RespConnection.class);
    static final int FLUSH_BYTES = 64 * 1024;
    private static final String HARD_LIMIT = "its output reached the hard limit";
    private static final int COMMANDS_PER_CLOCK = 16;
    private static final int TURNS_CUT_MAX = 8;
    private static final Reply NO_MEMORY =
            Reply.error("OOM what all clients have sent and is not complete takes as much memory as it may");

    private final RespListener.Shared shared;
    private final Connection connection;
    private final Channel channel;
    private final Session session;
    private final RequestReader reader;
    private final Intake intake;
    private final ReplyBuffer replies;
    private @Nullable PushQueue pushes;
    private final OutputWatch watch;
    private Traffic.Pushes direct;
    private @Nullable Disposable waiting;
    private boolean stalled;
    private boolean running;
    private boolean again;
    private int turnsCut;
    private boolean flushDue;
    private boolean closed;
    private boolean wantsMore;

    private long progressMs;
    private long pendingSeen;
    private long bytesRead;

    RespConnection(RespListener.Shared shared, Connection connection) {
        this.shared = shared;
        this.connection = connection;
        this.channel = connection.channel();
        this.replies = new ReplyBuffer(channel, shared.flushGate(), this::released);
        this.session = shared.sessions().open(this, shared.time().epochMillis());
        this.reader = new RequestReader(shared.scratch(), shared.requestLimits(session));
        this.intake = new Intake(shared.room(), reader, this);
        this.progressMs = session.createdMs();
        this.watch = new OutputWatch(shared, session);
        this.direct = shared.traffic().pushes(shared.standardPolicy().overflow());
    }

    Session session() {
        return session;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        request(1);
    }

    @Override
    protected void hookOnNext(ByteBuf in) {
        if (shared.loop().isHere()) {
            arrived(in);
        } else {
            in.retain();
            shared.loop().execute(() -> {
                try {
                    arrived(in);
                } finally {
                    in.release();
                }
            });
        }
    }

    /** A reset, as a rule; the listener hears of the end of the connection by itself. */
    @Override
    protected void hookOnError(Throwable cause) {
        log.debug("{}: {}", address(), cause.getMessage());
    }

    private void arrived(ByteBuf in) {
        if (!closed) {
            progressMs = shared.time().epochMillis();
            intake.arrived(in);
        }
    }

    @Override
    public void hasRead(int bytes) {
        bytesRead += bytes;
        shared.traffic().read(bytes);
        progressMs = shared.time().epochMillis();
        wantsMore = true;
        holdsMore();
        turn();
    }

    @Override
    public void refuse(ProtocolError error) {
        log.debug("{}: {}", address(), error.getMessage());
        session.closeAfterReply();
        write(error.reply());
        close(true);
    }

    @Override
    public void refuseForMemory() {
        log.warn("{} closed: its request of {} bytes so far found no memory", address(), reader.heldBytes());
        session.closeAfterReply();
        write(NO_MEMORY);
        reader.release();
        close(true);
    }

    /** What is held on its behalf has changed. */
    private void holdsMore() {
        if (shared.clients().isOn()) {
            shared.clients().update(session);
        }
    }

    /** Runs what may run, flushes, and asks for more when there is room for it. */
    private void turn() {
        run();
        turnsCut = again ? turnsCut + 1 : 0;
        if (turnsCut % TURNS_CUT_MAX
                == 0) { // so that what a pipeline publishes leaves for each subscriber in one write
            shared.loop().endTurn();
        }
        if (!again || shared.flushBytes() == FLUSH_BYTES) { // else what is limited is looked at as a whole
            flush();
        }
        holdsMore();
        shared.room().serveSoon();
        askForMore();
    }

    private void askForMore() {
        if (wantsMore && !closed && !stalled && !again && !session.isClosing()) {
            wantsMore = false;
            request(1);
        }
    }

    private boolean mayRun() {
        return waiting == null && !stalled && !closed && !session.isClosing() && (pushes == null || pushes.isEmpty());
    }

    private void run() {
        if (running) {
            return;
        }
        running = true;
        try {
            decodeAndRun();
        } catch (ProtocolError error) {
            refuse(error);
        } finally {
            running = false;
        }
    }

    private void decodeAndRun() {
        long deadline = shared.time().nanos() + shared.turnNanos();
        int left = shared.turnCommands();
        again = false;
        while (mayRun()) {
            if (left-- == 0 || left % COMMANDS_PER_CLOCK == 0 && shared.time().nanos() > deadline) {
                again = true;
                shared.loop().goOn(this::turn);
                return;
            }
            // A request before may have authenticated the client, or changed the limits.
            reader.limits(shared.requestLimits(session));
            Request request = reader.next();
            if (request == null || isEvicted()) {
                return;
            }
            if (reader.ahead() > 0) {
                shared.fetch(session, request, reader);
            }
            if (isHttp(request)) {
                log.warn("Possible SECURITY ATTACK detected: {} sends HTTP to the RESP port", address());
                close(false);
                return;
            }
            answer(shared.dispatcher().run(session, request));
        }
    }

    /** Closes the largest clients if all together hold too much, and says whether this was one of them. */
    private boolean isEvicted() {
        if (shared.clients().isOver()) {
            shared.clients().evict();
        }
        return closed;
    }

    private static boolean isHttp(Request request) {
        Bytes name = request.name();
        return name.length() == 4 && name.is("POST") || name.length() == 5 && name.is("HOST:");
    }

    private void answer(Reply reply) {
        if (reply instanceof Reply.Later later) {
            waitFor(later);
            return;
        }
        write(reply);
        if (session.replies() != Session.Replies.ON) {
            session.answered();
        }
        if (session.isClosing()) {
            close(true);
        }
    }

    private void waitFor(Reply.Later later) {
        Disposable.Swap handle = reactor.core.Disposables.swap();
        waiting = handle;
        handle.update(later.reply().subscribe(this::served, this::broken));
    }

    private void served(Reply reply) {
        waiting = null;
        answer(reply);
        flushAtEndOfTurn();
        holdsMore();
        if (reader.heldBytes() > 0) {
            shared.loop().execute(this::turn);
        }
    }

    private void broken(Throwable cause) {
        log.error("a waiting command failed", cause);
        served(Reply.error("ERR internal error: the broker's log says more"));
    }

    /** Writes a reply or a push behind what was written before. */
    private void write(Reply reply) {
        if (closed || session.isSilent() && !isPush(reply)) {
            reply.release();
            return;
        }
        if (pushes != null) {
            pushes.letAllOut();
        }
        makeRoomFor(reply);
        if (closed) {
            return;
        }
        ReplyWriter writer = shared.writer(session.protocol());
        try {
            writer.write(reply, replies.gather());
        } finally {
            reply.release();
        }
        if (replies.gatheredBytes() >= shared.flushBytes()) {
            flush();
            stallIfFull();
        }
    }

    /** What is out of band, or confirms a subscription, is sent although replies are off. */
    private static boolean isPush(Reply reply) {
        return reply instanceof Reply.Push
                || reply instanceof Reply.Sequence(var replies) && replies.getFirst() instanceof Reply.Push;
    }

    /** A long string gets a buffer of its own. */
    private void makeRoomFor(Reply reply) {
        long bytes = reply instanceof Bytes text ? text.length() : reply instanceof Packed many ? many.bytes() : 0;
        if (bytes > FLUSH_BYTES) {
            if (reply instanceof Bytes && isOverHardLimit((int) bytes)) {
                overflowed(HARD_LIMIT);
                return;
            }
            flush();
            replies.expect(bytes);
        }
    }

    private void flushAtEndOfTurn() {
        if (!flushDue && !running) {
            flushDue = true;
            shared.loop().atEndOfTurn(this::flush);
        }
    }

    private void flush() {
        flushDue = false;
        if (closed || replies.gatheredBytes() == 0) {
            replies.drop();
            return;
        }
        if (isOverHardLimit(0)) {
            replies.drop();
            overflowed(HARD_LIMIT);
            return;
        }
        shared.traffic().written(replies.send());
        stallIfFull();
        PushQueue queue = pushes;
        if (queue != null && !queue.isEmpty()) {
            queue.pull();
            if (queue.isEmpty() && !running) {
                shared.loop().execute(this::turn); // requests were held back until the pushes before them had left
            }
        }
    }

    /** A client that does not take its replies gets no further ones until it has. */
    private void stallIfFull() {
        if (!stalled && replies.pendingBytes() > shared.replyBytesMax()) {
            stalled = true;
            progressMs = shared.time().epochMillis();
            shared.traffic().stalled();
        }
    }

    /** What waited for the disk has left. */
    private void released() {
        if (stalled || pushes != null && !pushes.isEmpty()) {
            writable();
        }
    }

    /** The socket takes more: what was held back goes on. */
    void writable() {
        if (closed || replies.isLeaving()) {
            return;
        }
        progressMs = shared.time().epochMillis();
        stalled = replies.pendingBytes() > shared.replyBytesMax();
        if (pushes != null) {
            pushes.pull();
        }
        turn();
    }

    /** Called about once a second, before {@link #watchdog}: closes who keeps others waiting; returns whether it did. */
    boolean closesInTheWay(long nowMs) {
        boolean closes = !intake.isWaiting() && intake.isInTheWay() && nowMs - progressMs > shared.stallMsMax();
        if (closes) {
            log.info("{} closed: it has sent a part of a request and no more, and others need the memory", address());
            close(false);
        }
        return closes;
    }

    /**
     * Called about once a second: closes who takes nothing and sends nothing, or has been idle too long.
     *
     * @param memoryComes whoever waits for memory may be about to get some
     */
    void watchdog(long nowMs, boolean memoryComes) {
        long pending = replies.pendingBytes();
        if (pending != pendingSeen) {
            pendingSeen = pending;
            progressMs = nowMs;
        }
        if ((stalled || session.isClosing()) && nowMs - progressMs > shared.stallMsMax()) {
            shared.traffic().stallClosed();
            log.info("{} closed: it took no replies for {} ms", address(), shared.stallMsMax());
            close(false);
        } else if (!memoryComes && intake.isWaiting() && nowMs - progressMs > shared.stallMsMax()) {
            intake.forget();
            refuseForMemory();
        } else if (shared.idleMsMax() > 0
                && waiting == null
                && !session.isSubscriber()
                && !session.isMonitor()
                && nowMs - session.activeMs() > shared.idleMsMax()) {
            close(false);
        } else {
            watchSoftLimit();
        }
    }

    /** Whether the client has, with so many bytes more, as much to take as closes it. */
    boolean isOverHardLimit(int bytes) {
        long waiting = replies.pendingBytes() + bytes;
        return (pushes != null || waiting >= shared.directBytes()) && watch.isOverHardLimit(waiting, queuedBytes());
    }

    private void watchSoftLimit() {
        if (watch.isOverSoftLimit(outputBytes())) {
            overflowed("it stayed above the soft limit of its output");
        }
    }

    /** Too much waits for the client, or it makes others wait for too long. */
    void overflowed(String why) {
        if (!closed) {
            log.info("{} closed: {}", address(), why);
            shared.traffic().overflowed();
            close(false);
        }
    }

    /** While the socket takes what it is given, a message goes straight into the next flush; else to the outbox. */
    @Override
    public void deliver(Published message) {
        if (closed) {
            return;
        }
        PushQueue queue = pushes;
        Bytes push = shared.encoded(message, session.protocol());
        if ((queue == null || queue.isEmpty())
                && replies.pendingBytes() < shared.directBytes()
                && push.length() < shared.directBytes()) {
            direct.delivered++;
            append(push);
            holdsMore();
            return;
        }
        if (queue == null) {
            pushes = queue = new PushQueue(shared, this);
        }
        queue.offer(message, push.length());
        watchSoftLimit();
        holdsMore();
    }

    void append(Bytes push) {
        replies.gather().writeBytes(push.array(), push.offset(), push.length());
        if (replies.gatheredBytes() >= FLUSH_BYTES) {
            flush();
        }
        flushAtEndOfTurn();
    }

    @Override
    public void push(Reply reply) {
        if (replies.pendingBytes() >= FLUSH_BYTES || pushes != null && !pushes.isEmpty()) {
            deliver(Published.vital(encoded(reply)));
        } else {
            write(reply);
            flushAtEndOfTurn();
            holdsMore();
        }
    }

    Bytes encoded(Reply push) {
        return shared.encoded(push, session.protocol(), channel.alloc());
    }

    @Override
    public String address() {
        return peer().address();
    }

    @Override
    public String localAddress() {
        return peer().localAddress();
    }

    private Peer peer() {
        return new Peer(channel, shared.unixAddress());
    }

    @Override
    public boolean isLocal() {
        return peer().isLocal();
    }

    @Override
    public String wire() {
        return "resp";
    }

    @Override
    public long inputBytes() {
        return reader.heldBytes();
    }

    @Override
    public long outputBytesMax() {
        return watch.hardBytes();
    }

    @Override
    public long outputBytes() {
        return replies.pendingBytes() + queuedBytes();
    }

    private long queuedBytes() {
        PushQueue queue = pushes;
        return queue == null ? 0 : queue.queuedBytes();
    }

    @Override
    public List<Session.Pushes> pushes(long nowMs) {
        PushQueue queue = pushes;
        return List.of(queue == null ? new Session.Pushes(policy().overflow(), 0, 0, 0, 0) : queue.pushes(nowMs));
    }

    @Override
    public void overflow(@Nullable Overflow overflow, int messagesMax) {
        watch.choose(overflow == null ? null : new PushPolicy(overflow, messagesMax));
        followSettings();
    }

    void followSettings() {
        direct = shared.traffic().pushes(watch.policyOfMessages().overflow());
        if (pushes != null) {
            pushes.follow();
        }
    }

    PushPolicy policy() {
        return watch.policy();
    }

    /** Whether the socket takes a push. One byte more and it does not count as writable, so that it will say when it is. */
    boolean takesPushes() {
        return !closed && replies.pendingBytes() <= FLUSH_BYTES;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public Session.Usage usage() {
        return new Session.Usage(
                Math.max(0, reader.ownBytes() - reader.heldBytes()),
                replies.allocatedBytes(),
                replies.unsentBytes(),
                replies.idleBytes(),
                bytesRead,
                replies.bytesWritten());
    }

    @Override
    public boolean isUnixSocket() {
        return peer().isUnixSocket();
    }

    @Override
    public int descriptor() {
        return peer().descriptor();
    }

    @Override
    public void close(boolean graceful) {
        session.closeAfterReply();
        stopWaiting();
        if (!graceful) {
            gone(); // at once: what it listened to is not to be given to it any more
            connection.dispose();
        } else if (!closed) {
            flush();
            replies.whenTaken(connection::dispose);
        }
    }

    /** At once, and not when the socket has gone: an element given to who does not come back would be lost. */
    private void stopWaiting() {
        Disposable waiter = waiting;
        if (waiter != null) {
            waiter.dispose();
        }
    }

    /** The socket is gone, or is about to be: nothing of this connection stays. On the loop, once. */
    void gone() {
        if (closed) {
            return;
        }
        closed = true;
        stopWaiting();
        PushQueue queue = pushes;
        if (queue != null) {
            queue.cancel();
        }
        replies.close();
        reader.release();
        intake.forget();
        shared.room().serveSoon();
        cancel(); // gives back what has arrived and was not asked for yet
        shared.sessions().close(session);
    }
}
