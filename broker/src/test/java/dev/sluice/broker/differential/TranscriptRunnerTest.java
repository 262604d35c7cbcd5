package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The harness itself: two redis-servers agree with each other, and are seen to differ where they were made to. */
@Tag("differential")
class TranscriptRunnerTest {
    private static RedisServer one;
    private static RedisServer other;

    @BeforeAll
    static void startServers() throws IOException {
        RedisServer.assumeInstalled();
        one = RedisServer.start();
        other = RedisServer.start("--zset-max-listpack-entries", "1", "--databases", "4");
    }

    @AfterAll
    static void stopServers() {
        if (other != null) {
            other.close();
        }
        if (one != null) {
            one.close();
        }
    }

    @Test
    void equalServersAgree() throws IOException {
        assertThat(differences(
                        "SET k v EX 100",
                        "{near 2} TTL k",
                        "CLIENT ID => id",
                        "[a] & BLPOP q 0",
                        "RPUSH q x",
                        "[a] <",
                        "[b] & BLPOP q 0",
                        "[b] !close",
                        "RPUSH q y",
                        "[s] SUBSCRIBE c d",
                        "[s] <",
                        "PUBLISH c hello",
                        "MSET $seq(k,1,100)",
                        "{scan} SCAN 0 COUNT 3",
                        "{set} KEYS *",
                        "!raw \"*1\\r\\n$-7\\r\\n\"",
                        "<"))
                .isEmpty();
    }

    @Test
    void differencesAreSeenAndNamed() throws IOException {
        List<String> differences = differences("PING", "ZADD z 1 a 2 b", "OBJECT ENCODING z");
        assertThat(differences).hasSize(1);
        assertThat(differences.get(0))
                .contains("line 4: OBJECT ENCODING z")
                .contains("redis-server: $8\\r\\nlistpack")
                .contains("subject:      $8\\r\\nskiplist");
    }

    @Test
    void whatIsLeftUnreadIsCompared() throws IOException {
        List<String> differences =
                differences("[s] SUBSCRIBE c", "SELECT 5", "PUBLISH c x", "[a] !raw \"SELECT 5\\r\\nECHO a\\r\\n\"");
        assertThat(differences).hasSize(2);
        differences = differences("!raw \"PING\\r\\nSELECT 5\\r\\n\"");
        assertThat(differences).hasSize(1);
        assertThat(differences.get(0)).contains("unread on [main]").contains("DB index is out of range");
    }

    private static List<String> differences(String... lines) throws IOException {
        List<String> all = new java.util.ArrayList<>(List.of("== section"));
        all.addAll(List.of(lines));
        Transcript transcript = Transcript.parse("t", all);
        Deviations deviations = new Deviations(List.of("CLIENT ID\tshape\tthe number\tit depends on what came before"));
        return new TranscriptRunner(one.target(), other.target(), deviations)
                .differences(transcript, transcript.sections().get(0), 2);
    }
}
