package dev.sluice.broker.differential;

import dev.sluice.broker.Broker;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A blocking RESP connection that hands out replies as the bytes that came, so that nothing about them is forgiven. */
public final class RawConnection implements AutoCloseable {
    /** Longest wait for a byte of a reply; a {@link java.net.SocketTimeoutException} then. */
    public static final int READ_TIMEOUT_MS = 5_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int limit;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    public static RawConnection open(Target target) throws IOException {
        Socket socket = new Socket(target.host(), target.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_TIMEOUT_MS);
        return new RawConnection(socket);
    }

    /** To a broker of this process. */
    public static RawConnection to(Broker broker) throws IOException {
        return open(new Target("127.0.0.1", broker.respPort()));
    }

    /** Sends bytes as they are. What a closed connection cannot take is dropped: the next read tells. */
    public void send(byte[] bytes) throws IOException {
        try {
            out.write(bytes);
        } catch (SocketException closed) {
            // read() reports it.
        }
    }

    /** Sends a command as an array of bulk strings. */
    public void send(List<byte[]> words) throws IOException {
        send(encode(words));
    }

    /** Sends a command and reads one reply. */
    public byte[] ask(String... words) throws IOException {
        List<byte[]> command = new ArrayList<>();
        for (String word : words) {
            command.add(word.getBytes(StandardCharsets.UTF_8));
        }
        send(command);
        return read();
    }

    /** As {@link #ask}; each byte of the reply is a character. */
    public String text(String... words) throws IOException {
        return new String(ask(words), StandardCharsets.ISO_8859_1);
    }

    public static byte[] encode(List<byte[]> words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ascii("*" + words.size() + "\r\n"));
        for (byte[] word : words) {
            bytes.writeBytes(ascii("$" + word.length + "\r\n"));
            bytes.writeBytes(word);
            bytes.writeBytes(ascii("\r\n"));
        }
        return bytes.toByteArray();
    }

    /** Reads exactly one reply, nested ones included; no bytes when the server has closed the connection. */
    public byte[] read() throws IOException {
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        try {
            readOne(reply);
        } catch (EOFException | SocketException closed) {
            return new byte[0];
        }
        return reply.toByteArray();
    }

    /** Whether bytes have come that were not read. */
    public boolean hasMore() throws IOException {
        return position < limit || in.available() > 0;
    }

    private void readOne(ByteArrayOutputStream reply) throws IOException {
        long pending = 1;
        while (pending > 0) {
            String head = readLine(reply);
            pending--;
            char type = head.isEmpty() ? ' ' : head.charAt(0);
            switch (type) {
                case '+', '-', ':', ',', '#', '(', '_' -> {}
                case '$', '=', '!' -> {
                    int length = Integer.parseInt(head.substring(1));
                    if (length >= 0) {
                        copy(reply, length + 2);
                    }
                }
                case '*', '~', '>' -> pending += Math.max(0, Long.parseLong(head.substring(1)));
                case '%' -> pending += 2 * Long.parseLong(head.substring(1));
                // An attribute goes before the reply that it speaks of.
                case '|' -> pending += 2 * Long.parseLong(head.substring(1)) + 1;
                default -> throw new IOException("not RESP: " + Resp.show(reply.toByteArray()));
            }
        }
    }

    private String readLine(ByteArrayOutputStream reply) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            fill();
            int end = position;
            while (end < limit && buffer[end] != '\r') {
                end++;
            }
            int length = end - position;
            line.append(new String(buffer, position, length, StandardCharsets.ISO_8859_1));
            reply.write(buffer, position, length);
            position = end;
            if (end < limit) {
                copy(reply, 2);
                return line.toString();
            }
        }
    }

    private void copy(ByteArrayOutputStream reply, int length) throws IOException {
        for (int left = length; left > 0; ) {
            fill();
            int part = Math.min(left, limit - position);
            reply.write(buffer, position, part);
            position += part;
            left -= part;
        }
    }

    private void fill() throws IOException {
        if (position == limit) {
            int count = in.read(buffer);
            if (count < 0) {
                throw new EOFException();
            }
            position = 0;
            limit = count;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
