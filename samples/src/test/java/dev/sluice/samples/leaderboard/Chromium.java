package dev.sluice.samples.leaderboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.PayloadLimits;
import dev.sluice.streams.rsocket.Payloads;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A headless Chromium with one page, driven over its DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol/).
 */
final class Chromium implements AutoCloseable {
    static final String MISSING = "chromium is not on the PATH: apt-get install chromium";

    private static final String[] NAMES = {"chromium", "chromium-browser", "google-chrome"};
    private static final String ENDPOINT = "DevTools listening on ";
    private static final int SECONDS_MAX = 60;

    private final Payloads payloads = new Payloads(PayloadLimits.DEFAULT);
    private final Map<Long, CompletableFuture<Reply>> calls = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final Path profile;
    private final WebSocket page;
    private long lastId;

    private Chromium(Process process, Path profile, URI endpoint) throws IOException, InterruptedException {
        this.process = process;
        this.profile = profile;
        URI open = URI.create("http://" + endpoint.getAuthority() + "/json/new?about:blank");
        HttpRequest put = HttpRequest.newBuilder(open)
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        Reply target = parsed(http.send(put, BodyHandlers.ofString()).body());
        this.page = http.newWebSocketBuilder()
                .buildAsync(URI.create(text(target, "webSocketDebuggerUrl")), new Listener())
                .join();
    }

    static List<String> present() {
        return Needed.present(NAMES);
    }

    static Chromium start(String program) throws IOException, InterruptedException {
        Path profile = Files.createTempDirectory("sluice-chromium-");
        List<String> words = new ArrayList<>(List.of(program, "--headless", "--remote-debugging-port=0"));
        words.addAll(List.of("--user-data-dir=" + profile, "--window-size=1000,760", "--disable-gpu"));
        words.addAll(List.of("--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage"));
        if (System.getProperty("user.name").equals("root")) {
            words.add("--no-sandbox"); // Chromium refuses to start as root with one.
        }
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.onExit().orTimeout(3 * SECONDS_MAX, TimeUnit.SECONDS).exceptionally(late -> process.destroyForcibly());
        BufferedReader said = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        List<String> lines = new ArrayList<>();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            lines.add(line);
            if (line.startsWith(ENDPOINT)) {
                Thread.ofVirtual().start(() -> said.lines().forEach(rest -> {}));
                return new Chromium(process, profile, URI.create(line.substring(ENDPOINT.length())));
            }
        }
        throw new AssertionError("chromium did not start:\n" + String.join("\n", lines));
    }

    /** Goes to a page; returns when it is loaded. Once only. */
    void open(String address) {
        call("Page.enable", "{}");
        call("Page.navigate", "{\"url\": " + quoted(address) + "}");
        loaded.orTimeout(SECONDS_MAX, TimeUnit.SECONDS).join();
    }

    /** The value of an expression, as text; a promise is waited for. */
    String evaluate(String expression) {
        Reply answer = call(
                "Runtime.evaluate",
                "{\"awaitPromise\": true, \"returnByValue\": true, \"expression\": " + quoted(expression) + "}");
        if (field(answer, "exceptionDetails") instanceof Reply.Map failure) {
            throw new AssertionError(expression + ": " + failure);
        }
        return switch (field(field(answer, "result"), "value")) {
            case Reply.Int(long value) -> "" + value;
            case Reply.Bool(boolean value) -> "" + value;
            case Reply value -> value.toString();
        };
    }

    /** Waits until an expression is true; looks whenever the document changes. */
    void await(String condition) {
        String changed = """
                new Promise(resolve => {
                  const timeout = setTimeout(() => resolve(document.body.innerText), %d);
                  const look = () => {
                    if (%s) { clearTimeout(timeout); observer.disconnect(); resolve("yes"); }
                  };
                  const observer = new MutationObserver(look);
                  observer.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
                  look();
                })""".formatted(TimeUnit.SECONDS.toMillis(SECONDS_MAX) / 2, condition);
        String outcome = evaluate(changed);
        if (!outcome.equals("yes")) {
            throw new AssertionError("never true: " + condition + "; the page says:\n" + outcome);
        }
    }

    void type(String text) {
        call("Input.insertText", "{\"text\": " + quoted(text) + "}");
    }

    /** Presses and releases a key: {@code Tab} or {@code Enter}. */
    void press(String key) {
        boolean enter = key.equals("Enter");
        String rest = "\"key\": %s, \"code\": %s, \"windowsVirtualKeyCode\": %d}"
                .formatted(quoted(key), quoted(key), enter ? 13 : 9);
        call("Input.dispatchKeyEvent", "{\"type\": \"keyDown\", " + (enter ? "\"text\": \"\\r\", " : "") + rest);
        call("Input.dispatchKeyEvent", "{\"type\": \"keyUp\", " + rest);
    }

    /** A picture of the page in PNG, as base64. */
    String screenshot() {
        return text(call("Page.captureScreenshot", "{}"), "data");
    }

    Reply call(String method, String parameters) {
        long id = ++lastId;
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        calls.put(id, answer);
        page.sendText("{\"id\": %d, \"method\": \"%s\", \"params\": %s}".formatted(id, method, parameters), true);
        Reply reply = answer.orTimeout(SECONDS_MAX, TimeUnit.SECONDS).join();
        if (field(reply, "error") instanceof Reply.Map refused) {
            throw new AssertionError(method + ": " + refused);
        }
        return field(reply, "result");
    }

    private Reply parsed(String json) {
        return payloads.reply(MimeType.JSON, Unpooled.copiedBuffer(json, UTF_8));
    }

    /** A field of an object, or null as a reply. */
    static Reply field(Reply object, String name) {
        if (object instanceof Reply.Map(List<Reply> pairs)) {
            for (int i = 0; i < pairs.size(); i += 2) {
                if (pairs.get(i).equals(Bytes.of(name))) {
                    return pairs.get(i + 1);
                }
            }
        }
        return Reply.Null.STRING;
    }

    static String text(Reply object, String name) {
        return field(object, name).toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                Reply reply = parsed(message.toString());
                message.setLength(0);
                if (field(reply, "id") instanceof Reply.Int(long id)) {
                    Objects.requireNonNull(calls.remove(id)).complete(reply);
                } else if (text(reply, "method").equals("Page.loadEventFired")) {
                    loaded.complete(null);
                }
            }
            socket.request(1);
            return null;
        }
    }

    @Override
    public void close() {
        page.abort();
        http.shutdownNow();
        List<ProcessHandle> parts = process.descendants().toList();
        process.destroy(); // Asked to end, Chromium ends its own processes and writes no more.
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        parts.forEach(ProcessHandle::destroyForcibly);
        delete(profile.toFile());
    }

    /** As far as possible: a part that ends late may still hold a file. */
    private static void delete(File file) {
        File[] inside = Files.isSymbolicLink(file.toPath()) ? null : file.listFiles();
        if (inside != null) {
            for (File each : inside) {
                delete(each);
            }
        }
        file.delete();
    }
}
