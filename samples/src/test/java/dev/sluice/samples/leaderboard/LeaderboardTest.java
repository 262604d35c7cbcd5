package dev.sluice.samples.leaderboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderboardTest {
    private final Leaderboard leaderboard = Leaderboard.start(URI.create("ws://127.0.0.1:7999/rsocket"), 0);
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        http.close();
        leaderboard.close();
    }

    @Test
    void servesThePageAndWhatItNeeds() throws Exception {
        for (String path : new String[] {"/", "/?board=scores", "/page.js", "/page.css", "/licences.txt"}) {
            HttpResponse<String> answer = ask("GET", path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'", "connect-src 'self' ws://127.0.0.1:7999;");
        }
        assertThat(ask("GET", "/").body()).contains("<title>Live leaderboard</title>");
        assertThat(ask("GET", "/broker").body()).isEqualTo("ws://127.0.0.1:7999/rsocket");
    }

    @Test
    void servesNothingElse() throws Exception {
        assertThat(ask("GET", "/Leaderboard.class").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/../pom.xml").statusCode()).isEqualTo(404);
        assertThat(ask("DELETE", "/").statusCode()).isEqualTo(405);
    }

    private HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + leaderboard.port() + path);
        HttpRequest request = HttpRequest.newBuilder(address)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
