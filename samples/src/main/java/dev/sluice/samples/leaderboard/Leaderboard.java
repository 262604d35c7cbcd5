package dev.sluice.samples.leaderboard;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Serves the page and tells it where its broker is, on this machine only. */
public final class Leaderboard implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int PORT = 8080;
    private static final String BROKER = "ws://127.0.0.1:7879/rsocket";
    private static final Duration IDLE_MAX = Duration.ofSeconds(30);

    /** A file and its type. */
    private record Page(byte[] content, String type) {}

    private final Map<String, Page> pages;
    private final String rules;
    private final DisposableServer server;

    private Leaderboard(URI broker, int port) {
        this.pages = Map.of(
                "/", file("index.html", "text/html"),
                "/page.css", file("page.css", "text/css"),
                "/page.js", file("page.js", "text/javascript"),
                "/licences.txt", file("licences.txt", "text/plain"),
                "/broker", new Page(broker.toString().getBytes(StandardCharsets.UTF_8), "text/plain"));
        this.rules = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' "
                + broker.getScheme() + "://" + broker.getRawAuthority()
                + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        this.server = HttpServer.create()
                .host(HOST)
                .port(port)
                .idleTimeout(IDLE_MAX)
                .handle(this::serve)
                .bindNow();
    }

    /** Arguments: the broker's WebSocket address as the browser reaches it, and the page's port; both may be left out. */
    public static void main(String[] arguments) {
        URI broker = URI.create(arguments.length > 0 ? arguments[0] : BROKER);
        int port = arguments.length > 1 ? Integer.parseInt(arguments[1]) : PORT;
        try (Leaderboard leaderboard = start(broker, port)) {
            System.out.println("http://" + HOST + ":" + leaderboard.port() + "/ shows the broker at " + broker);
            System.out.println("which must allow it: --http-origins \"http://" + HOST + ":" + leaderboard.port()
                    + " http://localhost:" + leaderboard.port() + "\"");
            leaderboard.server.onDispose().block();
        }
    }

    /**
     * @param broker {@code ws://host:port/rsocket}
     * @param port 0 for any one that is free
     */
    static Leaderboard start(URI broker, int port) {
        return new Leaderboard(broker, port);
    }

    int port() {
        return server.port();
    }

    private Publisher<Void> serve(HttpServerRequest request, HttpServerResponse response) {
        if (!request.method().equals(HttpMethod.GET)) {
            return response.status(HttpResponseStatus.METHOD_NOT_ALLOWED)
                    .header(HttpHeaderNames.ALLOW, "GET")
                    .send();
        }
        Page page = pages.get(path(request.uri()));
        return page == null
                ? response.status(HttpResponseStatus.NOT_FOUND).send()
                : response.header(HttpHeaderNames.CONTENT_TYPE, page.type + "; charset=utf-8")
                        .header(HttpHeaderNames.CONTENT_SECURITY_POLICY, rules)
                        .header(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                        .header("X-Content-Type-Options", "nosniff")
                        .sendByteArray(Mono.just(page.content));
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private static Page file(String name, String type) {
        try (@Nullable InputStream in = Leaderboard.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path");
            }
            return new Page(in.readAllBytes(), type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
