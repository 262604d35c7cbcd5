package dev.sluice.broker.persist;

import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.ListValue;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.resp.Decimals;
import java.nio.charset.StandardCharsets;

/**
 * Writes keys and values as the commands that make them, those that redis-server 7.0 uses; it loads a collection with
 * members that expire without their times, which are in lines that it skips.
 */
final class AofCommands {
    private static final int NONE = -1;

    /** As redis-server. */
    private static final int ELEMENTS_A_COMMAND = 64;

    private static final Bytes SELECT = Bytes.of("SELECT");
    private static final Bytes SET = Bytes.of("SET");
    private static final Bytes RPUSH = Bytes.of("RPUSH");
    private static final Bytes SADD = Bytes.of("SADD");
    private static final Bytes ZADD = Bytes.of("ZADD");
    private static final Bytes HMSET = Bytes.of("HMSET");
    private static final Bytes PEXPIREAT = Bytes.of("PEXPIREAT");
    private static final Bytes END = Bytes.of("\r\n");

    private final RdbOutput out;
    private int selected = NONE;

    AofCommands(RdbOutput out) {
        this.out = out;
    }

    void select(int database) {
        if (database != selected) {
            command(2);
            word(SELECT);
            word(Bytes.of(database));
            selected = database;
        }
    }

    /** {@code atMs} may be {@link Database#NO_EXPIRY}. */
    void expiry(Bytes key, long atMs) {
        if (atMs != Database.NO_EXPIRY) {
            command(3);
            word(PEXPIREAT);
            word(key);
            word(Bytes.of(atMs));
        }
        out.spill();
    }

    void value(Bytes key, Value value) {
        switch (value) {
            case StringValue string -> {
                string(key, string.length());
                out.writeBytes(string.bytes());
                out.writeBytes(END);
            }
            case ListValue list -> list(key, list);
            case SetValue set -> set(key, set);
            case SortedSet set -> sortedSet(key, set);
            case HashValue hash -> hash(key, hash);
        }
        out.spill();
        MemberTimes.forEach(key, value, request -> {
            String lines = AofNote.commandLines(request, false);
            out.writeBytes(Bytes.of(lines.getBytes(StandardCharsets.ISO_8859_1)));
            out.spill();
        });
    }

    /** The command that makes a string of so many bytes, which are to come, and {@link #end} behind them. */
    void string(Bytes key, int length) {
        command(3);
        word(SET);
        word(key);
        line('$', length);
    }

    static Bytes end() {
        return END;
    }

    private void list(Bytes key, ListValue list) {
        Elements elements = new Elements(RPUSH, key, 1, list.size());
        for (ListValue.Cursor at = list.cursor(0, false); at.next(); ) {
            elements.next();
            word(at.element());
        }
    }

    private void set(Bytes key, SetValue set) {
        Elements elements = new Elements(SADD, key, 1, set.size());
        set.forEach((array, member, length, value, valueLength) -> {
            elements.next();
            word(array, member, length);
            return true;
        });
    }

    private void sortedSet(Bytes key, SortedSet set) {
        Elements elements = new Elements(ZADD, key, 2, set.size());
        set.range(0, set.size() - 1, false, (array, offset, length, score) -> {
            elements.next();
            word(Decimals.text(score));
            word(array, offset, length);
            return true;
        });
    }

    private void hash(Bytes key, HashValue hash) {
        Elements elements = new Elements(HMSET, key, 2, hash.size());
        hash.forEach((array, field, fieldLength, value, valueLength) -> {
            elements.next();
            word(array, field, fieldLength);
            word(array, value, valueLength);
            return true;
        });
    }

    /** The members of a collection, in commands of some of them. */
    private final class Elements {
        private final Bytes command;
        private final Bytes key;
        private final int wordsEach;
        private long left;
        private int leftInCommand;

        Elements(Bytes command, Bytes key, int wordsEach, long count) {
            this.command = command;
            this.key = key;
            this.wordsEach = wordsEach;
            this.left = count;
        }

        /** To be called before the words of each. */
        void next() {
            if (leftInCommand == 0) {
                out.spill();
                leftInCommand = (int) Math.min(ELEMENTS_A_COMMAND, left);
                left -= leftInCommand;
                command(2 + wordsEach * leftInCommand);
                word(command);
                word(key);
            }
            leftInCommand--;
        }
    }

    // ---- RESP

    private void command(int words) {
        line('*', words);
    }

    private void word(Bytes word) {
        word(word.array(), word.offset(), word.length());
    }

    private void word(byte[] array, int offset, int length) {
        line('$', length);
        out.writeBytes(array, offset, length);
        out.writeBytes(END);
    }

    private void line(char mark, int number) {
        out.writeByte(mark);
        out.writeBytes(Bytes.of(number));
        out.writeBytes(END);
    }
}
