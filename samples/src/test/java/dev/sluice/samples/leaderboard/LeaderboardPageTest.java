package dev.sluice.samples.leaderboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;
import dev.sluice.clients.Message;
import dev.sluice.clients.RespClient;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The page in a browser, beside a broker that others change. */
class LeaderboardPageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> CHROMIUM = Chromium.present();
    private static final String BOARD =
            "[...document.querySelectorAll('#board li')].map(li => li.textContent.trim()).join('; ')";
    private static final String LOG = "document.getElementById('log').innerText";

    private Broker broker = Broker.start(Settings.of(), Ports.any());
    private RespClient redis = resp();
    private final Leaderboard leaderboard =
            Leaderboard.start(URI.create("ws://127.0.0.1:" + broker.httpPort() + "/rsocket"), 0);
    private Chromium browser;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        Needed.assumeThat(!CHROMIUM.isEmpty(), Chromium.MISSING);
        run("CONFIG", "SET", "http-origins", origin());
        browser = Chromium.start(CHROMIUM.getFirst());
        browser.open(origin() + "/");
    }

    @AfterEach
    void stop() {
        if (browser != null) {
            browser.close();
        }
        redis.close();
        leaderboard.close();
        broker.close();
    }

    @Test
    void theTopTenFollowTheSortedSet() {
        browser.await("document.body.dataset.state === 'connected'");
        browser.await("document.getElementById('empty').innerText.includes('Nobody has a score yet')");
        for (int i = 1; i <= 12; i++) {
            run("ZADD", "board", "" + i * 100, "player-" + i);
        }
        browser.await("document.querySelector('#board li')?.textContent.includes('player-12')");
        assertThat(browser.evaluate("document.querySelectorAll('#board li').length"))
                .isEqualTo("10");
        run("ZINCRBY", "board", "1234.5", "player-1");
        browser.await("document.querySelector('#board li').textContent.includes('player-1 ')");
        assertThat(browser.evaluate(BOARD)).startsWith("1 player-1 1,334.5; 2 player-12 1,200; 3 player-11");
        assertThat(browser.evaluate("document.getElementById('leader').innerText"))
                .isEqualTo("player-1 leads with 1,334.5");
        run("DEL", "board");
        browser.await("document.querySelectorAll('#board li').length === 0");
    }

    @Test
    void peopleAtThePageAndAtRedisTalkToEachOther() {
        browser.await("document.body.dataset.state === 'connected'");
        awaitSubscriber();
        run("PUBLISH", "chat", "ann: <b>hello</b> from redis-cli");
        browser.await(LOG + ".includes('ann: <b>hello</b> from redis-cli')");
        CompletableFuture<Void> ready = new CompletableFuture<>();
        try (RespClient listener = resp()) {
            CompletableFuture<Message> heard = listener.subscribe(() -> ready.complete(null), "chat")
                    .next()
                    .toFuture();
            ready.orTimeout(30, TimeUnit.SECONDS).join();
            // With the keyboard alone: the log, the name, the message.
            browser.press("Tab");
            browser.press("Tab");
            browser.type("bob");
            browser.press("Tab");
            browser.type("hello from a browser");
            browser.press("Enter");
            assertThat(heard.orTimeout(30, TimeUnit.SECONDS).join().text().toString())
                    .isEqualTo("bob: hello from a browser");
        }
        browser.await(LOG + ".includes('bob: hello from a browser')");
        browser.await("document.querySelector('[name=message]').value === ''");
    }

    /** 16 messages are asked for, 100 wait at the broker, the rest is lost and counted. */
    @Test
    void aPageThatDoesNotDrawAsksForNothingAndHearsWhatItMissed() {
        browser.await("document.body.dataset.state === 'connected'");
        awaitSubscriber();
        browser.evaluate(
                "window.held = []; window.drawn = requestAnimationFrame;"
                        + "window.requestAnimationFrame = frame => { held.push(frame); document.body.dataset.held = held.length }");
        redis.sendAll(Flux.range(1, 1000).map(i -> Request.of("PUBLISH", "chat", "message " + i + ".")))
                .blockLast(PATIENCE);
        run("ZADD", "board", "1", "ann");
        browser.await("document.body.dataset.held === '2'");
        browser.evaluate("window.requestAnimationFrame = drawn; held.forEach(frame => frame())");
        browser.await(LOG + ".includes('message 1000.')");
        assertThat(browser.evaluate(LOG))
                .contains("message 16.", "884 messages missed", "message 901.")
                .doesNotContain("message 17.", "message 900.");
    }

    @Test
    void aBrokerThatComesBackIsFoundAgain() {
        run("ZADD", "board", "1", "ann");
        browser.await("document.querySelector('#board li')?.textContent.includes('ann')");
        Ports ports = new Ports(broker.respPort(), Ports.OFF, broker.httpPort());
        redis.close();
        broker.close();
        browser.await("document.body.dataset.state === 'waiting'");
        browser.await("!document.getElementById('hurry').hidden");
        assertThat(browser.evaluate("document.getElementById('state').innerText"))
                .contains("Trying again");
        broker = Broker.start(Settings.of("http-origins", origin()), ports);
        redis = resp();
        run("ZADD", "board", "2", "bob");
        browser.await("document.querySelector('#board li')?.textContent.includes('bob')");
        browser.await("document.body.dataset.state === 'connected'");
        assertThat(browser.evaluate(BOARD)).doesNotContain("ann");
    }

    @Test
    void aRefusalIsShown() {
        browser.await("document.body.dataset.state === 'connected'");
        run("SET", "board", "no sorted set");
        browser.await("document.getElementById('state').innerText.includes('WRONGTYPE')");
    }

    /** {@code -Dsluice.screenshot=file.png} keeps a picture, to be looked at. */
    @Test
    void everyControlHasAName() throws IOException {
        for (int i = 1; i <= 12; i++) {
            run("ZADD", "board", "" + i * 311 % 1000, "player-" + i);
        }
        browser.await("document.querySelectorAll('#board li').length === 10");
        awaitSubscriber();
        run("PUBLISH", "chat", "ann: is player-9 still ahead?");
        browser.await(LOG + ".includes('still ahead')");
        String unnamed = "[...document.querySelectorAll('input, button, a')]"
                + ".filter(it => !(it.labels?.[0] ?? it).innerText.trim() && !it.hidden).length";
        assertThat(browser.evaluate(unnamed)).isEqualTo("0");
        String file = System.getProperty("sluice.screenshot");
        if (file != null) {
            browser.evaluate("Promise.all(document.getAnimations().map(it => it.finished))");
            Files.write(Path.of(file), Base64.getDecoder().decode(browser.screenshot()));
        }
    }

    private void awaitSubscriber() {
        redis.send("PUBSUB", "NUMSUB", "chat")
                .filter(reply -> reply instanceof Reply.Array(List<Reply> items)
                        && items.get(1).equals(Reply.integer(1)))
                .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(5)))
                .block(PATIENCE);
    }

    private String origin() {
        return "http://127.0.0.1:" + leaderboard.port();
    }

    private void run(String... words) {
        assertThat(redis.send(words).block(PATIENCE)).isNotInstanceOf(Reply.Failure.class);
    }

    private RespClient resp() {
        Mono<RespClient> connected = RespClient.connect("127.0.0.1", broker.respPort());
        return Objects.requireNonNull(connected.block(PATIENCE));
    }
}
