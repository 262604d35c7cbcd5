package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@link Route#TRANSACTION}: {@code {commands*: [[…], …], watch: {key: digest}}}. The answer is the replies to the
 * commands, errors among them, or a null when one of the watched keys differs.
 *
 * @param commands 1 to {@link #COMMANDS_MAX}
 * @param watch at most {@link #WATCHED_MAX}, each key once
 */
public record TransactionRequest(List<Request> commands, List<Watched> watch) {
    public static final int COMMANDS_MAX = 10_000;
    public static final int WATCHED_MAX = 1_000;

    private static final String COMMANDS = "commands";
    private static final String WATCH = "watch";
    private static final int DIGEST_DIGITS = 16;

    /** A key and the DIGEST that the string under it must have; null: there must be nothing. */
    public record Watched(Bytes key, @Nullable Bytes digest) {}

    public static TransactionRequest of(Fields fields) {
        TransactionRequest request =
                new TransactionRequest(fields.requests(COMMANDS, COMMANDS_MAX), watched(fields.pairs(WATCH)));
        fields.end();
        return request;
    }

    private static List<Watched> watched(List<Reply> pairs) {
        if (pairs.size() > 2 * WATCHED_MAX) {
            throw Fields.error(WATCH, "has more than " + WATCHED_MAX + " keys");
        }
        List<Watched> watched = new ArrayList<>(pairs.size() / 2);
        Set<Bytes> keys = HashSet.newHashSet(pairs.size() / 2);
        for (int i = 0; i < pairs.size(); i += 2) {
            if (!(pairs.get(i) instanceof Bytes key) || !keys.add(key)) {
                throw Fields.error(WATCH, "must name each key once");
            }
            watched.add(new Watched(key, digest(pairs.get(i + 1))));
        }
        return watched;
    }

    private static @Nullable Bytes digest(Reply value) {
        if (value instanceof Reply.Null) {
            return null;
        }
        if (!(value instanceof Bytes digest) || !isDigest(digest)) {
            throw Fields.error(WATCH, "must have a digest of " + DIGEST_DIGITS + " hexadecimal digits or null per key");
        }
        return digest;
    }

    private static boolean isDigest(Bytes text) {
        if (text.length() != DIGEST_DIGITS) {
            return false;
        }
        for (int i = 0; i < DIGEST_DIGITS; i++) {
            if (Character.digit(text.at(i), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The payload, for clients. */
    public Reply payload() {
        List<Reply> all = new ArrayList<>(commands.size());
        for (Request command : commands) {
            List<Reply> arguments = new ArrayList<>(command.size());
            for (int i = 0; i < command.size(); i++) {
                arguments.add(command.argument(i));
            }
            all.add(Reply.array(arguments));
        }
        List<Reply> pairs = new ArrayList<>();
        for (Watched watched : watch) {
            pairs.add(watched.key());
            pairs.add(watched.digest() == null ? Reply.Null.STRING : watched.digest());
        }
        return Reply.map(Bytes.of(COMMANDS), Reply.array(all), Bytes.of(WATCH), new Reply.Map(pairs));
    }
}
