package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TranscriptTest {
    @Test
    void readsWordsAsRedisCliQuotesThem() {
        assertThat(commands("SET \"a b\\x00\\r\\n\\\"\" 'c\\n\\'d' \"\" plain"))
                .containsExactly(List.of("SET", "a b\0\r\n\"", "c\\n'd", "", "plain"));
        assertThat(ask("SET k \"\\xff\"").words().get(2).bytes()).containsExactly(0xff);
    }

    @Test
    void expandsAlternativesInOrder() {
        assertThat(commands("SET k v <EX 10|> <NX|xx>"))
                .containsExactly(
                        List.of("SET", "k", "v", "EX", "10", "NX"),
                        List.of("SET", "k", "v", "EX", "10", "xx"),
                        List.of("SET", "k", "v", "NX"),
                        List.of("SET", "k", "v", "xx"));
        assertThat(commands("GET <\"a|b\"|\"\">")).containsExactly(List.of("GET", "a|b"), List.of("GET", ""));
    }

    @Test
    void surroundsCommands() {
        assertThat(commands("!before DEL k", "!after GET k", "<A|B>", "!before", "C", "!after", "D"))
                .extracting(words -> words.get(0))
                .containsExactly("DEL", "A", "GET", "DEL", "B", "GET", "C", "GET", "D");
    }

    @Test
    void generatesWords() {
        assertThat(commands("ZADD z $scores(m,1,2) $seq(e,7,8) $rep(ab,3)"))
                .containsExactly(List.of("ZADD", "z", "1", "m1", "2", "m2", "e7", "e8", "ababab"));
    }

    @Test
    void knowsConnectionsModesAndVariables() {
        Transcript.Ask ask = ask("[a] {near 5} CLIENT ID => id");
        assertThat(ask.connection()).isEqualTo("a");
        assertThat(ask.comparison()).isEqualTo(Comparison.near(5));
        assertThat(ask.keepAs()).isEqualTo("id");
        assertThat(ask("CLIENT KILL ID $id").words().get(3).variable()).isEqualTo("id");
        assertThat(ask("GET \"$id\"").words().get(1).variable()).isEmpty();
        assertThat(ask("[b] & BLPOP q 0").blocks()).isTrue();
        assertThat(ask("{scan} SCAN 0").scans()).isTrue();
        assertThat(steps("[a] <3").get(0)).isInstanceOfSatisfying(Transcript.Read.class, read -> {
            assertThat(read.connection()).isEqualTo("a");
            assertThat(read.replies()).isEqualTo(3);
        });
        assertThat(steps("[a] !close").get(0)).isInstanceOf(Transcript.Close.class);
        assertThat(steps("!raw \"PING\\r\\n\"").get(0))
                .isInstanceOfSatisfying(
                        Transcript.Raw.class,
                        raw -> assertThat(raw.bytes()).isEqualTo("PING\r\n".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void sectionsChooseTheirProtocols() {
        Transcript transcript = Transcript.parse("t", List.of("== one", "PING", "# note", "", "== two @resp3", "PING"));
        assertThat(transcript.sections()).hasSize(2);
        assertThat(transcript.sections().get(0).protocols()).containsExactly(2, 3);
        assertThat(transcript.sections().get(1).protocols()).containsExactly(3);
        assertThat(transcript.sections().get(1).steps().get(0).line()).isEqualTo(6);
    }

    @Test
    void saysWhichLineIsBad() {
        assertThatThrownBy(() -> steps("GET \"open")).hasMessageContaining("line 2");
        assertThatThrownBy(() -> Transcript.parse("t", List.of("PING"))).hasMessageContaining("line 1");
    }

    private static Transcript.Ask ask(String line) {
        return (Transcript.Ask) steps(line).get(0);
    }

    private static List<Transcript.Step> steps(String... lines) {
        List<String> all = new ArrayList<>(List.of("== section"));
        all.addAll(List.of(lines));
        return Transcript.parse("t", all).sections().get(0).steps();
    }

    private static List<List<String>> commands(String... lines) {
        List<List<String>> commands = new ArrayList<>();
        for (Transcript.Step step : steps(lines)) {
            List<String> words = new ArrayList<>();
            for (Transcript.Word word : ((Transcript.Ask) step).words()) {
                words.add(new String(word.bytes(), StandardCharsets.UTF_8));
            }
            commands.add(words);
        }
        return commands;
    }
}
