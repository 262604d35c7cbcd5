package dev.sluice.broker.session;

import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.hub.Listener;
import dev.sluice.streams.hub.Subscriptions;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is to the commands. Owned by the keyspace loop. Invariant: it knows its wire only through {@link
 * Connection}, and outlives it by nothing: {@link Sessions#close} takes every trace of it out of the broker.
 */
public final class Session implements Listener {
    /** The wire's side of a connection. */
    public interface Connection {
        /** {@code ip:port} of the client. */
        String address();

        /** {@code ip:port} of the server. */
        String localAddress();

        /** Whether the client is on this machine: it came over the loopback interface. */
        boolean isLocal();

        /** {@code resp} or {@code rsocket}. */
        String wire();

        /** Sends a message of a subscription, or loses it as the overflow policy says. */
        void deliver(Published message);

        /** Sends something out of band, in order with replies; closes if too much of it waits. */
        void push(Reply reply);

        /** Closes, after what has been written if {@code graceful}. */
        void close(boolean graceful);

        /** Bytes of requests held that are not complete or not run yet. */
        long inputBytes();

        /** What waits to be pushed, by subscriber: a RESP connection is one, each stream of an RSocket one is. */
        List<Pushes> pushes(long nowMs);

        /**
         * What becomes of pushes that the client does not take. The choice of the settings if {@code overflow} is null.
         *
         * @param messagesMax how many may wait
         */
        void overflow(@Nullable Overflow overflow, int messagesMax);

        /** Number of the socket in the operating system, or -1 where there is none to tell. */
        int descriptor();

        /** Bytes of replies and pushes that the client has not taken yet. */
        long outputBytes();

        /** Bytes of output, what is to come included, that the client is closed for; Long.MAX_VALUE if there is no limit. */
        long outputBytesMax();

        /** Whether it came through a socket of the file system. */
        boolean isUnixSocket();

        Usage usage();
    }

    /**
     * More of what a connection holds, and what it has carried, in bytes.
     *
     * @param inputRoom free in its query buffer
     * @param replyBuffer taken by the buffer that replies are written to, 0 while there are none
     * @param unsent in that buffer: of the output, what the socket has not been given yet
     * @param idleOutput free in buffers that the socket was given and has not taken
     * @param read since it came
     * @param written since it came
     */
    public record Usage(long inputRoom, long replyBuffer, long unsent, long idleOutput, long read, long written) {}

    /**
     * What one subscriber has yet to receive.
     *
     * @param lost messages that it will not receive, so far
     * @param lagMs for how long the oldest has waited
     */
    public record Pushes(Overflow overflow, int queued, long queuedBytes, long lost, long lagMs) {}

    /** What CLIENT REPLY chose: {@code SKIP_NEXT} becomes {@code SKIP} with the next reply, and that ON behind it. */
    public enum Replies {
        ON,
        OFF,
        SKIP_NEXT,
        SKIP
    }

    /** Something that a command of this connection waits for. */
    public interface Waiting {
        /**
         * Ends the waiting from outside.
         *
         * @param instead what is answered; null for what is answered when the time is over
         * @return false if this cannot be ended so, or is over already
         */
        boolean unblock(@Nullable Reply instead);

        /** Bytes of the request that waits. */
        long bytes();
    }

    /** Sizes of classes of {@link ClientMemory} that are none. */
    static final int NOT_COUNTED = -2;

    static final int NOT_EVICTABLE = -1;

    /** What a connection takes while it holds nothing: socket, pipeline, session; about. */
    private static final long CONNECTION_BYTES = 4096;

    private final long id;
    private final Connection connection;
    private final long createdMs;
    private String user = "default";
    private boolean authenticated;
    private int protocol = 2;
    private int database;
    private Bytes name = Bytes.EMPTY;
    private String libraryName = "";
    private String libraryVersion = "";
    private @Nullable Transaction transaction;
    private final WatchedKeys watched = new WatchedKeys();
    private @Nullable Subscriptions subscriptions;
    private final boolean shared;
    private long activeMs;
    private @Nullable Named lastCommand;
    private final List<Waiting> waits = new ArrayList<>(0);
    private long commands;
    private boolean closing;
    private boolean closed;
    private boolean monitor;
    private boolean noEvict;
    private boolean noTouch;
    private @Nullable Tracking tracking;
    private Replies replies = Replies.ON;
    private final List<Runnable> onClose = new ArrayList<>(0);

    /** Where {@link ClientMemory} has it, and with how much. */
    int sizeClass = NOT_COUNTED;

    long countedBytes;

    Session(long id, Connection connection, long nowMs) {
        this.id = id;
        this.connection = connection;
        this.createdMs = nowMs;
        this.activeMs = nowMs;
        this.shared = connection.wire().equals("rsocket");
    }

    public long id() {
        return id;
    }

    public Connection connection() {
        return connection;
    }

    public String user() {
        return user;
    }

    public boolean isAuthenticated() {
        return authenticated;
    }

    public void authenticate(String asUser) {
        user = asUser;
        authenticated = true;
    }

    public void deauthenticate() {
        user = "default";
        authenticated = false;
    }

    /** 2 or 3. */
    public int protocol() {
        return protocol;
    }

    public void protocol(int version) {
        protocol = version;
    }

    public int database() {
        return database;
    }

    public void database(int index) {
        database = index;
    }

    public Bytes name() {
        return name;
    }

    public void name(Bytes text) {
        name = text;
    }

    public String libraryName() {
        return libraryName;
    }

    public void libraryName(String text) {
        libraryName = text;
    }

    public String libraryVersion() {
        return libraryVersion;
    }

    public void libraryVersion(String text) {
        libraryVersion = text;
    }

    /** Bytes of the requests that wait: for a key, or for the end of a pause. */
    public long waitingBytes() {
        long bytes = 0;
        for (int i = 0; i < waits.size(); i++) {
            bytes += waits.get(i).bytes();
        }
        return bytes;
    }

    /** Memory that is held on behalf of the connection, in bytes: what CLIENT LIST calls tot-mem. */
    public long heldBytes() {
        Usage usage = connection.usage();
        return CONNECTION_BYTES
                + connection.inputBytes()
                + usage.inputRoom()
                + connection.outputBytes()
                - usage.unsent()
                + usage.idleOutput()
                + usage.replyBuffer()
                + waitingBytes()
                + (transaction == null ? 0 : transaction.heldBytes())
                + watched.bytes()
                + (subscriptions == null ? 0 : subscriptions.bytes())
                + (tracking == null ? 0 : tracking.bytes());
    }

    /** The transaction that is being queued; null outside of MULTI. */
    public @Nullable Transaction transaction() {
        return transaction;
    }

    public void transaction(@Nullable Transaction open) {
        transaction = open;
    }

    public WatchedKeys watched() {
        return watched;
    }

    @Override
    public void deliver(Published message) {
        connection.deliver(message);
    }

    /** What this connection listens to; null until it first subscribes. */
    public @Nullable Subscriptions subscriptions() {
        return subscriptions;
    }

    public void subscriptions(Subscriptions mine) {
        subscriptions = mine;
    }

    /** The subscriptions were closed: the next one begins anew. */
    public void leftAll() {
        subscriptions = null;
    }

    /** Whether a RESP2 connection is in subscriber mode. */
    public boolean isSubscriber() {
        return subscriptions != null && !subscriptions.isEmpty();
    }

    public long createdMs() {
        return createdMs;
    }

    public long activeMs() {
        return activeMs;
    }

    /** Name of the command that ran last, as CLIENT LIST shows it. */
    public String lastCommand() {
        return lastCommand == null ? "NULL" : lastCommand.fullName();
    }

    /** Commands run since it came. */
    public long commands() {
        return commands;
    }

    /** A request was let in, to run now or later. */
    public void lastCommand(Named command) {
        lastCommand = command;
    }

    /** One that waited has been answered. */
    public void served(long nowMs) {
        activeMs = nowMs;
    }

    /** One runs now. */
    public void active(long nowMs) {
        commands++;
        activeMs = nowMs;
    }

    /** What has a name for CLIENT LIST: a command's row. */
    public interface Named {
        String fullName();
    }

    /** Whether it stands for a single request, and is in no list. */
    boolean isGuest() {
        return id == 0;
    }

    /** Whether many independent requests share the connection, so that it has no state of its own: RSocket. */
    public boolean isShared() {
        return shared;
    }

    /** Whether a command of this connection waits: for a key, or for the end of a pause. */
    public boolean isWaiting() {
        return !waits.isEmpty();
    }

    /** What its commands wait for: one thing at most, or one for each request where they share the connection. */
    public List<Waiting> waits() {
        return waits;
    }

    /** Whether nothing more is to be run: QUIT, an error of protocol, CLIENT KILL of itself. */
    public boolean isClosing() {
        return closing;
    }

    /** Runs nothing more and closes after what has been answered. */
    public void closeAfterReply() {
        closing = true;
    }

    public boolean isClosed() {
        return closed;
    }

    public boolean isMonitor() {
        return monitor;
    }

    public void monitor(boolean on) {
        monitor = on;
    }

    /** Whether it is never closed to make room ({@code maxmemory-clients}): CLIENT NO-EVICT. */
    public boolean isNoEvict() {
        return noEvict;
    }

    public void noEvict(boolean on) {
        noEvict = on;
    }

    /** Whether what it reads does not count as accessed: CLIENT NO-TOUCH. */
    public boolean isNoTouch() {
        return noTouch;
    }

    public void noTouch(boolean on) {
        noTouch = on;
    }

    /** How it tracks keys; null if it does not. */
    public @Nullable Tracking tracking() {
        return tracking;
    }

    void tracking(@Nullable Tracking how) {
        tracking = how;
    }

    public Replies replies() {
        return replies;
    }

    /** Whether the reply that is there now is to be dropped. */
    public boolean isSilent() {
        return replies == Replies.OFF || replies == Replies.SKIP;
    }

    /** A request has been answered, or its answer dropped. */
    public void answered() {
        replies = switch (replies) {
            case SKIP_NEXT -> Replies.SKIP;
            case SKIP -> Replies.ON;
            case ON, OFF -> replies;
        };
    }

    public void replies(Replies mode) {
        replies = mode;
    }

    /** Runs when the connection is gone, whatever ended it. */
    public void onClose(Runnable what) {
        onClose.add(what);
    }

    void closed() {
        closed = true;
        onClose.forEach(Runnable::run);
        onClose.clear();
    }
}
