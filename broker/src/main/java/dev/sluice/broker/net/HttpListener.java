package dev.sluice.broker.net;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.session.Users;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.resources.LoopResources;

/**
 * HTTP: RSocket over WebSocket at {@code /rsocket}, figures for Prometheus at {@code /metrics}, and {@code /health/live}
 * and {@code /health/ready}, which say {@code up} or {@code down} to everybody. Only GET; all else is 404.
 */
public final class HttpListener {
    private static final int LINE_BYTES_MAX = 4 * 1024;
    private static final int HEADERS_BYTES_MAX = 16 * 1024;
    private static final Duration IDLE_MAX = Duration.ofSeconds(30);
    private static final Duration REQUEST_WITHIN = Duration.ofSeconds(10);
    private static final String TEXT = "text/plain; charset=utf-8";
    /** The version of Prometheus's text format that is answered. */
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Settings settings;
    private final HttpRules rules;
    private final RSocketListener rsocket;
    private final LoopResources loops;
    private final Gate gate;
    private final BooleanSupplier ready;
    private final Supplier<Mono<String>> metrics;
    private final WebsocketServerSpec websockets;
    private final ListeningSockets sockets =
            new ListeningSockets((address, port) -> server(address, port).bindNow());
    private final Set<Channel> plain = new HashSet<>(); // on the loop: connections that are no WebSockets

    /**
     * @param ready whether the broker serves; asked on the loop
     * @param metrics the figures in Prometheus's text format
     */
    public HttpListener(
            Settings settings,
            Users users,
            RSocketListener rsocket,
            LoopResources loops,
            Gate gate,
            BooleanSupplier ready,
            Supplier<Mono<String>> metrics) {
        this.settings = settings;
        this.rules = new HttpRules(settings, users);
        this.rsocket = rsocket;
        this.loops = loops;
        this.gate = gate;
        this.ready = ready;
        this.metrics = metrics;
        this.websockets = WebsocketServerSpec.builder()
                .maxFramePayloadLength(rsocket.messageBytesMax())
                .build();
    }

    /**
     * Listens on these addresses and no longer on the ones before; connections stay. Waits, so never on a loop.
     *
     * @param port 0 for any one that is free
     * @return the port
     * @throws reactor.netty.ChannelBindException it listens on none now
     */
    public int listen(List<String> addresses, int port) {
        return sockets.listen(addresses, port);
    }

    private HttpServer server(String address, int port) {
        return HttpServer.create()
                .runOn(loops)
                .host(address)
                .port(port)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, RSocketListener.waterMark())
                .httpRequestDecoder(
                        limits -> limits.maxInitialLineLength(LINE_BYTES_MAX).maxHeaderSize(HEADERS_BYTES_MAX))
                .idleTimeout(IDLE_MAX)
                .requestTimeout(REQUEST_WITHIN)
                .doOnChannelInit((observer, channel, remote) -> accept(channel))
                .handle(this::serve);
    }

    /** Connections that have not become WebSockets hold nothing of the broker, but are not without limit either. */
    private void accept(Channel channel) {
        if (plain.size() >= settings.integer(Setting.HTTP_CONNECTIONS_MAX)) {
            channel.close();
            return;
        }
        plain.add(channel);
        channel.closeFuture().addListener(closed -> plain.remove(channel));
    }

    private Publisher<Void> serve(HttpServerRequest request, HttpServerResponse response) {
        if (!request.method().equals(HttpMethod.GET)) {
            response.header(HttpHeaderNames.ALLOW, "GET");
            return answer(response, HttpResponseStatus.METHOD_NOT_ALLOWED, TEXT, "only GET");
        }
        return switch (path(request.uri())) {
            case "/health/live" -> health(response, true);
            case "/health/ready" -> health(response, ready.getAsBoolean());
            case "/metrics" -> gate.allows(request.remoteAddress()) ? metrics(request, response) : denied(response);
            case "/rsocket" -> gate.allows(request.remoteAddress()) ? upgrade(request, response) : denied(response);
            default -> answer(response, HttpResponseStatus.NOT_FOUND, TEXT, "not found");
        };
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private static Publisher<Void> health(HttpServerResponse response, boolean up) {
        HttpResponseStatus status = up ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
        return answer(response, status, TEXT, up ? "up" : "down");
    }

    private static Publisher<Void> denied(HttpServerResponse response) {
        return answer(response, HttpResponseStatus.FORBIDDEN, TEXT, Gate.PROTECTED);
    }

    private Publisher<Void> metrics(HttpServerRequest request, HttpServerResponse response) {
        if (!rules.mayAskForMetrics(request.requestHeaders().get(HttpHeaderNames.HOST))) {
            return answer(response, HttpResponseStatus.FORBIDDEN, TEXT, "this host is not in http-hosts");
        }
        if (!rules.mayReadMetrics(request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION))) {
            response.header(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"sluice\", charset=\"UTF-8\"");
            return answer(response, HttpResponseStatus.UNAUTHORIZED, TEXT, "NOAUTH Authentication required.");
        }
        return metrics.get().flatMap(text -> Mono.from(answer(response, HttpResponseStatus.OK, PROMETHEUS, text)));
    }

    private Publisher<Void> upgrade(HttpServerRequest request, HttpServerResponse response) {
        if (!request.requestHeaders().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            response.header(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
            return answer(response, HttpResponseStatus.UPGRADE_REQUIRED, TEXT, "this is a WebSocket");
        }
        String origin = request.requestHeaders().get(HttpHeaderNames.ORIGIN);
        if (!rules.mayConnect(origin, request.requestHeaders().get(HttpHeaderNames.HOST))) {
            return answer(
                    response,
                    HttpResponseStatus.FORBIDDEN,
                    TEXT,
                    "this origin is not in http-origins, or this host not in http-hosts");
        }
        if (gate.isFull()) {
            gate.refused("rsocket");
            return answer(response, HttpResponseStatus.SERVICE_UNAVAILABLE, TEXT, Gate.FULL);
        }
        request.withConnection(connection -> plain.remove(connection.channel()));
        return response.sendWebsocket(rsocket::websocket, websockets);
    }

    private static Publisher<Void> answer(
            HttpServerResponse response, HttpResponseStatus status, String type, String text) {
        return response.status(status)
                .header(HttpHeaderNames.CONTENT_TYPE, type)
                .header(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .header("X-Content-Type-Options", "nosniff")
                .sendString(Mono.just(text));
    }

    /** Stops listening; connections stay until they are closed. */
    public void stop() {
        sockets.stop();
    }
}
