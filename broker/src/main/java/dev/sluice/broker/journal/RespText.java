package dev.sluice.broker.journal;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.util.Arrays;

/** Requests as RESP arrays of bulk strings, one after the other, in an array that is used again and again. */
final class RespText {
    private static final int FIRST_BYTES = 1024;
    private static final int KEPT_BYTES = 1 << 20;
    private static final int HEADER_BYTES = 16;

    /** An array of Java is no longer; a record beyond that fails, and with it the process, before anybody is answered. */
    private static final int MAX_BYTES = Integer.MAX_VALUE - 64;

    private byte[] array = new byte[FIRST_BYTES];
    private int size;

    void clear() {
        size = 0;
        if (array.length > KEPT_BYTES) {
            array = new byte[FIRST_BYTES];
        }
    }

    void add(Request request) {
        room(HEADER_BYTES);
        header('*', request.size());
        for (int i = 0; i < request.size(); i++) {
            Bytes argument = request.argument(i);
            int length = argument.length();
            room(HEADER_BYTES + (long) length + 2);
            header('$', length);
            System.arraycopy(argument.array(), argument.offset(), array, size, length);
            size += length;
            end();
        }
    }

    private void room(long bytes) {
        if (size + bytes > array.length) {
            array = Arrays.copyOf(array, (int) Math.min(Math.max(size + bytes, 2L * array.length), MAX_BYTES));
        }
    }

    private void header(char kind, int number) {
        array[size++] = (byte) kind;
        int digits = 1;
        for (int rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        int rest = number;
        for (int at = size + digits - 1; at >= size; at--) {
            array[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        end();
    }

    private void end() {
        array[size++] = '\r';
        array[size++] = '\n';
    }

    /** Valid until something is added or cleared. */
    Bytes bytes() {
        return Bytes.view(array, 0, size);
    }
}
