package dev.sluice.clients.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a server says of itself, over a blocking connection of its own. */
final class Inquiry implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Inquiry(Target target) {
        try {
            socket = new Socket(target.host(), target.port());
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to " + target, e);
        }
    }

    /** Keys of database 0, dead ones that are still there included. */
    long keys() {
        return Long.parseLong(ask("DBSIZE").substring(1));
    }

    long usedMemoryBytes() {
        for (String line : bulk(ask("INFO", "memory")).split("\r\n")) {
            if (line.startsWith("used_memory:")) {
                return Long.parseLong(line.substring("used_memory:".length()));
            }
        }
        throw new IllegalStateException("INFO memory says nothing of used_memory");
    }

    void beginSave() {
        ask("BGSAVE");
    }

    boolean isSaving() {
        return bulk(ask("INFO", "persistence")).contains("rdb_bgsave_in_progress:1");
    }

    /** Ends the server; the connection is of no use any more. */
    void endWithoutSaving() {
        try {
            socket.getOutputStream().write(Batch.encoded("SHUTDOWN", "NOSAVE").array());
            while (in.read() >= 0) {}
        } catch (IOException closed) {
            // as it should be
        }
    }

    /** From now on {@link #longestMillis} knows of events of a millisecond or more, and of none before. */
    void watchLatency() {
        ask("CONFIG", "SET", "latency-monitor-threshold", "1");
        ask("LATENCY", "RESET");
    }

    /** The longest latency event of this name in milliseconds; 0 when there was none of a millisecond. */
    long longestMillis(String event) {
        long longest = 0;
        int events = Integer.parseInt(ask("LATENCY", "LATEST").substring(1));
        for (int i = 0; i < events; i++) {
            line(); // four values: the name, when, how long the latest took, and the longest
            String name = bulk(line());
            line();
            line();
            long millis = Long.parseLong(line().substring(1));
            longest = name.equals(event) ? millis : longest;
        }
        return longest;
    }

    private String ask(String... words) {
        try {
            ByteBuffer request = Batch.encoded(words);
            socket.getOutputStream().write(request.array());
            String first = line();
            if (first.startsWith("-")) {
                throw new IllegalStateException(String.join(" ", words) + ": " + first);
            }
            return first;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line() {
        try {
            String line = in.readLine();
            if (line == null) {
                throw new IOException("the server closed a connection");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a bulk string whose first line was read. */
    private String bulk(String first) {
        try {
            char[] text = new char[Integer.parseInt(first.substring(1))];
            for (int have = 0; have < text.length; ) {
                have += in.read(text, have, text.length - have);
            }
            in.readLine();
            return new String(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
