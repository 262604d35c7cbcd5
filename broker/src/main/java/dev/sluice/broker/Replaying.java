package dev.sluice.broker;

import dev.sluice.broker.command.Command;
import dev.sluice.broker.dispatch.Dispatcher;
import dev.sluice.broker.dispatch.KeyspaceLoop;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.persist.AofLoader;
import dev.sluice.broker.persist.LoadRefused;
import dev.sluice.broker.seam.Disk;
import dev.sluice.broker.session.Session;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands of a log on the keyspace loop, in turns, while another thread reads them. A few turns may be on their way;
 * whoever brings more waits.
 */
final class Replaying implements AofLoader.Replay {
    /** Loads a file in RDB form. */
    interface Base {
        /** Returns its length. Throws {@link LoadRefused}, {@link dev.sluice.broker.persist.CorruptRdbException}. */
        long load(String name, Disk.Input in) throws IOException;
    }

    /** Hears of progress: bytes read, of so many. */
    interface Progress {
        void read(long bytes, long of);
    }

    private static final Logger log = LoggerFactory.getLogger(Replaying.class);
    private static final int TURNS_MAX = 4;
    private static final int ERRORS_SHOWN = 10;
    private static final Bytes LOCK = Bytes.of("lock ");
    private static final long TOKEN_MAX = Long.MAX_VALUE / 2; // so that tokens can grow for ever

    private final Dispatcher dispatcher;
    private final Keyspace keyspace;
    private final KeyspaceLoop loop;
    private final Session session;
    private final Map<String, Command> rows = new HashMap<>();
    private final Base base;
    private final Progress progress;
    private final Semaphore turns = new Semaphore(TURNS_MAX);
    private String name = "";
    private int errors;
    private volatile @Nullable LoadRefused refusal;

    /**
     * @param session that nobody is behind
     * @param rows by their own names, whatever the settings call them
     */
    Replaying(
            Dispatcher dispatcher,
            Keyspace keyspace,
            KeyspaceLoop loop,
            Session session,
            List<Command> rows,
            Base base,
            Progress progress) {
        this.dispatcher = dispatcher;
        this.keyspace = keyspace;
        this.loop = loop;
        this.session = session;
        this.base = base;
        this.progress = progress;
        for (Command row : rows) {
            this.rows.put(row.name(), row);
        }
    }

    @Override
    public void begins(String file) {
        turn(() -> {
            name = file;
            session.database(0);
        });
    }

    @Override
    public void run(List<Request> requests) {
        turn(() -> {
            for (int i = 0; i < requests.size() && refusal == null; i++) {
                one(requests.get(i));
            }
        });
    }

    @Override
    public void tokenGiven(long token) {
        turn(() -> keyspace.tokenGiven(token));
    }

    private void turn(Runnable work) {
        turns.acquireUninterruptibly();
        LoadRefused refused = refusal;
        if (refused != null) {
            turns.release();
            throw refused;
        }
        loop.execute(() -> {
            try {
                keyspace.loading(true);
                work.run();
            } catch (RuntimeException | Error broken) {
                log.error("Loading has failed", broken);
                refusal = new LoadRefused("The append only file " + name + " cannot be loaded: " + broken);
            } finally {
                turns.release();
            }
        });
    }

    /** It is over, whatever came of it: keys expire again. */
    void close() {
        loop.execute(() -> keyspace.loading(false));
    }

    private void one(Request request) {
        Command command = rows.get(request.name().toLatin1().toUpperCase(Locale.ROOT));
        if (command == null) {
            refusal = new LoadRefused(
                    "Unknown command '" + request.name().toLatin1() + "' reading the append only file " + name);
            return;
        }
        noteToken(request);
        Reply reply = dispatcher.replay(session, subcommand(command, request), request);
        if (reply instanceof Reply.Failure failure) {
            failed(command, request, failure.message());
        }
        reply.release();
    }

    private Command subcommand(Command command, Request request) {
        if (!command.subcommands().isEmpty()) {
            Command found = dispatcher.find(request);
            return found == null ? command : found;
        }
        return command;
    }

    /** Memory, or a database, that is missing now was there then; other errors were errors then too. */
    private void failed(Command command, Request request, String message) {
        if (command.name().equals("SELECT")) { // what comes would go to another database
            refusal = new LoadRefused("The append only file " + name + " was written with more databases: " + message);
        } else if (message.startsWith("OOM")) {
            refusal = new LoadRefused("Out of memory reading the append only file " + name + ": " + message);
        } else if (errors++ < ERRORS_SHOWN) {
            log.warn(
                    "== CRITICAL == This server is sending an error to its AOF-loading-client: '{}' after processing the"
                            + " command '{}'",
                    message,
                    request.name());
        }
    }

    /** A lock was taken: tokens to come are larger. */
    private void noteToken(Request request) {
        if (request.size() < 5
                || !request.name().is("SET")
                || !request.argument(2).startsWith(LOCK)) {
            return;
        }
        Bytes text = request.argument(2);
        long token = 0;
        for (int i = LOCK.length(); i < text.length() && text.at(i) >= '0' && text.at(i) <= '9'; i++) {
            if (token > TOKEN_MAX / 10) {
                return; // somebody has made it up
            }
            token = token * 10 + text.at(i) - '0';
        }
        keyspace.tokenGiven(token); // however far ahead of the clock, which may have been set back
    }

    @Override
    public long rdb(String file, Disk.Input in) throws IOException {
        ends();
        return base.load(file, in);
    }

    @Override
    public void progress(long bytes, long of) {
        progress.read(bytes, of);
    }

    @Override
    public void ends() {
        turns.acquireUninterruptibly(TURNS_MAX);
        turns.release(TURNS_MAX);
        LoadRefused refused = refusal;
        if (refused != null) {
            throw refused;
        }
    }
}
