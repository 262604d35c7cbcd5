package dev.sluice.broker.commands;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.sluice.broker.data.StringValue;
import dev.sluice.streams.message.Bytes;

/** What stands for a string where the string itself is too long to send: XXH3 of 64 bits, seed 0, in hexadecimal. */
final class StringDigest {
    static final int DIGITS = 2 * Long.BYTES;

    private static final int CHUNK_BYTES = 1 << 15;
    private static final String HEXADECIMAL = "0123456789abcdef";

    private StringDigest() {}

    /** {@link #DIGITS} digits, in lower case. */
    static Bytes of(StringValue value) {
        HashStream64 hash = Hashing.xxh3_64().hashStream();
        byte[] chunk = new byte[Math.min(value.length(), CHUNK_BYTES)];
        for (int at = 0; at < value.length(); at += chunk.length) {
            int count = Math.min(chunk.length, value.length() - at);
            value.copyTo(at, chunk, 0, count);
            hash.putBytes(chunk, 0, count);
        }
        return text(hash.getAsLong());
    }

    private static Bytes text(long hash) {
        byte[] digits = new byte[DIGITS];
        for (int i = 0; i < DIGITS; i++) {
            digits[i] = (byte) HEXADECIMAL.charAt((int) (hash >>> 4 * (DIGITS - 1 - i)) & 0xf);
        }
        return Bytes.of(digits);
    }
}
