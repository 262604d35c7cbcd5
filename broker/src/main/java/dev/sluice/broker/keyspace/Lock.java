package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import org.jspecify.annotations.Nullable;

/**
 * A lock that somebody holds: a string {@code lock <token> <owner>} under its key, whose time to live is the lease. So
 * whatever keeps and copies keys keeps and copies locks, and a redis-server can read them; only eviction leaves them
 * alone.
 *
 * @param token larger than that of any lock before, see {@link Keyspace#nextToken}
 */
public record Lock(long token, Bytes owner) {
    public static final int OWNER_BYTES_MAX = 1024;

    static final Bytes PREFIX = Bytes.of("lock ");

    private static final int TOKEN_DIGITS_MAX = 19;
    private static final int BYTES_MAX = PREFIX.length() + TOKEN_DIGITS_MAX + 1 + OWNER_BYTES_MAX;

    /** What a value says; null if it is no lock. */
    public static @Nullable Lock of(Value value) {
        if (!(value instanceof StringValue string) || string.length() > BYTES_MAX) {
            return null;
        }
        Bytes text = string.bytes();
        if (!text.startsWith(PREFIX)) {
            return null;
        }
        int end = PREFIX.length();
        while (end < text.length() && text.at(end) != ' ') {
            end++;
        }
        Bytes token = text.slice(PREFIX.length(), end);
        return end < text.length() && Numbers.isLong(token)
                ? new Lock(Numbers.toLong(token), text.slice(end + 1, text.length()))
                : null;
    }

    /** The string under its key. */
    public Bytes text() {
        Bytes digits = Bytes.of(token);
        byte[] text = new byte[PREFIX.length() + digits.length() + 1 + owner.length()];
        System.arraycopy(PREFIX.array(), 0, text, 0, PREFIX.length());
        System.arraycopy(digits.array(), 0, text, PREFIX.length(), digits.length());
        int end = PREFIX.length() + digits.length();
        text[end] = ' ';
        System.arraycopy(owner.array(), owner.offset(), text, end + 1, owner.length());
        return Bytes.of(text);
    }
}
