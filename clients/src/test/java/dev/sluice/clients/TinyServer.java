package dev.sluice.clients;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The least that a client can talk to: PING, SET, GET, INCR, RPUSH, RPOP, DEL, ECHO, FLUSHALL, SUBSCRIBE, PSUBSCRIBE
 * (only the pattern {@code *} matches), PUBLISH over RESP2, HELLO 3 for pushes; MISSED makes it report a loss. Nobody
 * may subscribe to {@code secret}. One thread a connection; what it read is kept for assertions.
 */
public final class TinyServer implements AutoCloseable {
    public final Queue<List<String>> requests = new ConcurrentLinkedQueue<>();
    private final Map<String, String> strings = new ConcurrentHashMap<>();
    private final Map<String, Queue<String>> lists = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Peer> subscribers = new CopyOnWriteArrayList<>();
    private final List<Peer> peers = new CopyOnWriteArrayList<>();
    private final ServerSocket socket;

    public TinyServer() {
        try {
            socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return socket.getLocalPort();
    }

    public int connections() {
        return peers.size();
    }

    /** Closes the connections but not the port. */
    public void dropConnections() {
        peers.forEach(Peer::close);
        peers.clear();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        dropConnections();
    }

    private void accept() {
        try {
            while (true) {
                Peer peer = new Peer(socket.accept());
                peers.add(peer);
                Thread.ofVirtual().start(peer::serve);
            }
        } catch (IOException e) {
            // The port is closed: the test is over.
        }
    }

    private final class Peer {
        private final Socket peer;
        private final DataInputStream in;
        private final OutputStream out;
        private final Set<String> subscribed = ConcurrentHashMap.newKeySet();
        private volatile boolean resp3;

        Peer(Socket peer) throws IOException {
            this.peer = peer;
            in = new DataInputStream(new BufferedInputStream(peer.getInputStream()));
            out = new BufferedOutputStream(peer.getOutputStream());
        }

        void close() {
            try {
                peer.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        void serve() {
            try {
                while (true) {
                    List<String> request = request();
                    if (requests.size() < 1_000) {
                        requests.add(request);
                    }
                    say(answer(request), in.available() == 0);
                }
            } catch (IOException e) {
                subscribers.remove(this);
            }
        }

        private synchronized void say(String text, boolean flush) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            if (flush) {
                out.flush();
            }
        }

        private List<String> request() throws IOException {
            int count = Integer.parseInt(line().substring(1));
            List<String> words = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] word = new byte[Integer.parseInt(line().substring(1))];
                in.readFully(word);
                line();
                words.add(new String(word, StandardCharsets.ISO_8859_1));
            }
            return words;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
                line.append((char) b);
            }
            return line.substring(0, line.length() - 1);
        }

        private String answer(List<String> words) throws IOException {
            return switch (words.get(0).toUpperCase(Locale.ROOT)) {
                case "PING" -> "+PONG\r\n";
                case "HELLO" -> words.contains("wrong") ? "-WRONGPASS no\r\n" : hello();
                case "MISSED" -> ">3\r\n" + bulk("missed") + bulk(words.get(1)) + ":" + words.get(2) + "\r\n+OK\r\n";
                case "ECHO" -> bulk(words.get(1));
                case "SET" -> {
                    strings.put(words.get(1), words.get(2));
                    yield "+OK\r\n";
                }
                case "GET" -> bulk(strings.get(words.get(1)));
                case "INCR" ->
                    ":" + strings.merge(words.get(1), "1", (was, one) -> "" + (Long.parseLong(was) + 1)) + "\r\n";
                case "RPUSH" -> {
                    Queue<String> list = lists.computeIfAbsent(words.get(1), key -> new ConcurrentLinkedQueue<>());
                    list.addAll(words.subList(2, words.size()));
                    yield ":1\r\n";
                }
                case "RPOP" ->
                    bulk(lists.getOrDefault(words.get(1), new ConcurrentLinkedQueue<>())
                            .poll());
                case "DEL" -> {
                    lists.remove(words.get(1));
                    yield ":1\r\n";
                }
                case "FLUSHALL" -> {
                    lists.clear();
                    strings.clear();
                    yield "+OK\r\n";
                }
                case "SUBSCRIBE", "PSUBSCRIBE" -> subscribe(words);
                case "UNSUBSCRIBE", "PUNSUBSCRIBE" -> unsubscribe(words);
                case "PUBLISH" -> publish(words.get(1), words.get(2));
                default -> "-ERR unknown command '" + words.get(0) + "'\r\n";
            };
        }

        private String subscribe(List<String> words) {
            if (words.contains("secret")) {
                return "-NOPERM No permissions to access a channel\r\n";
            }
            subscribed.addAll(words.subList(1, words.size()));
            subscribers.addIfAbsent(this);
            return confirmations(words);
        }

        private String unsubscribe(List<String> words) {
            subscribed.removeAll(words.subList(1, words.size()));
            return confirmations(words);
        }

        private String confirmations(List<String> words) {
            StringBuilder all = new StringBuilder();
            for (String name : words.subList(1, words.size())) {
                all.append(message(words.get(0).toLowerCase(Locale.ROOT), bulk(name), ":1\r\n"));
            }
            return all.toString();
        }

        private String hello() {
            resp3 = true;
            return "%1\r\n+proto\r\n:3\r\n";
        }

        private String publish(String channel, String message) throws IOException {
            int receivers = 0;
            for (Peer subscriber : subscribers) {
                if (subscriber.subscribed.contains(channel)) {
                    subscriber.say(subscriber.message("message", bulk(channel), bulk(message)), true);
                    receivers++;
                }
                if (subscriber.subscribed.contains("*")) {
                    subscriber.say(
                            (subscriber.resp3 ? ">" : "*") + "4\r\n" + bulk("pmessage") + bulk("*") + bulk(channel)
                                    + bulk(message),
                            true);
                    receivers++;
                }
            }
            return ":" + receivers + "\r\n";
        }

        private String message(String kind, String second, String third) {
            return (resp3 ? ">" : "*") + "3\r\n" + bulk(kind) + second + third;
        }

        private static String bulk(String text) {
            return text == null ? "$-1\r\n" : "$" + text.length() + "\r\n" + text + "\r\n";
        }
    }
}
