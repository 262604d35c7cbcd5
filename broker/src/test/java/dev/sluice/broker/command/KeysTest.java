package dev.sluice.broker.command;

import static dev.sluice.broker.command.KeySpec.key;
import static dev.sluice.broker.command.KeySpec.keys;
import static dev.sluice.broker.command.KeySpec.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeysTest {
    private static final KeySpec COUNTED =
            new KeySpec(new KeySpec.Begin.Index(1), new KeySpec.Find.Count(0, 1, 1), List.of("RO"), "");

    private static int[] positions(String words, KeySpec... specs) {
        return Keys.positions(Command.read("X", -1, specs), Request.of(words.split(" ")));
    }

    private static KeySpec after(String word, int from, KeySpec.Find find) {
        return new KeySpec(new KeySpec.Begin.Keyword(word, from), find, List.of("RO"), "");
    }

    private static KeySpec flagged(KeySpec spec, String... flags) {
        return new KeySpec(spec.begin(), spec.find(), List.of(flags), "");
    }

    @Test
    void oneKey() {
        assertThat(positions("X k", key(1))).containsExactly(1);
        assertThat(positions("X", key(1))).isEmpty();
        assertThat(positions("X a b")).isEmpty();
    }

    @Test
    void rangesCountFromTheEndOrFromTheFirst() {
        assertThat(positions("X a b c", keys(1, -1, 1))).containsExactly(1, 2, 3);
        assertThat(positions("X a b 0", keys(1, -2, 1))).containsExactly(1, 2);
        assertThat(positions("X a 1 b 2", keys(1, -1, 2))).containsExactly(1, 3);
        assertThat(positions("X a b c", keys(2, 1, 1))).containsExactly(2, 3);
    }

    @Test
    void aRangeOutOfBoundsLeavesNoKeysAtAll() {
        assertThat(positions("X a b", key(1), keys(2, 1, 1))).isEmpty();
        assertThat(positions("X a", key(1), key(2))).isEmpty();
        assertThat(positions("X a", keys(1, -2, 1))).isEmpty();
    }

    @Test
    void aLimitDividesWhatIsLeft() {
        KeySpec half = after("STREAMS", 1, new KeySpec.Find.Range(-1, 1, 2));
        assertThat(positions("X COUNT 2 streams a b 0 0", half)).containsExactly(4, 5);
    }

    @Test
    void aKeywordThatIsNotThereIsNoKeys() {
        KeySpec store = after("STORE", 2, new KeySpec.Find.Range(0, 1, 0));
        assertThat(positions("X k STORE d", key(1), store)).containsExactly(1, 3);
        assertThat(positions("X k", key(1), store)).containsExactly(1);
        assertThat(positions("X k STORE", key(1), store)).containsExactly(1);
        assertThat(positions("X STORE d", key(1), store)).containsExactly(1);
    }

    @Test
    void aKeywordMayBeLookedForFromTheEnd() {
        KeySpec keys = after("KEYS", -2, new KeySpec.Find.Range(-1, 1, 0));
        assertThat(positions("X KEYS 0 KEYS a", keys)).containsExactly(4);
        assertThat(positions("X h 0 KEYS a b", keys)).containsExactly(4, 5);
        assertThat(positions("X KEYS a", keys)).isEmpty();
    }

    @Test
    void aCountStandsBeforeItsKeys() {
        assertThat(positions("X 2 a b WEIGHTS", COUNTED)).containsExactly(2, 3);
        assertThat(positions("X 0 a", COUNTED)).isEmpty();
        assertThat(positions("X -1 a", COUNTED)).isEmpty();
        assertThat(positions("X two a", COUNTED)).isEmpty();
        assertThat(positions("X 2 a", COUNTED)).isEmpty();
        assertThat(positions("X 9223372036854775807 a", COUNTED)).isEmpty();
        assertThat(positions("X 4294967298 a b", COUNTED)).isEmpty();
        assertThat(positions("X", COUNTED)).isEmpty();
    }

    @Test
    void countedKeysMayHaveValuesBetween() {
        KeySpec pairs = KeySpec.counted(1, 2, "OW");
        assertThat(positions("X 2 a 1 b 2 NX", pairs)).containsExactly(2, 4);
        assertThat(positions("X 2 a 1 b", pairs)).containsExactly(2, 4);
        assertThat(positions("X 2 a 1", pairs)).isEmpty();
        assertThat(positions("X 3 a 1", pairs)).isEmpty();
    }

    @Test
    void keysMayBeManyMore() {
        assertThat(positions("X " + "k ".repeat(100).trim(), keys(1, -1, 1))).hasSize(100);
    }

    @Test
    void whatIsNoKeyOrNotAllOfThem() {
        assertThat(positions("X channel k", flagged(key(1), "not_key"), key(2))).containsExactly(2);
        assertThat(positions("X k", flagged(key(1), "RW", "incomplete"))).isEmpty();
        assertThat(positions("X k l", key(1), unknown(request -> 0, "incomplete")))
                .isEmpty();
    }

    @Test
    void someAreFoundByTheCommandAlone() {
        assertThat(positions("X k l", key(1), unknown(request -> 0))).containsExactly(1);
        assertThat(positions("X k l m", key(1), unknown(request -> 3))).containsExactly(1, 3);
    }

    @Test
    void whatMayChangeIsFoundAlsoWhereAnotherSpecificationDoesNotFit() {
        Command command = Command.write("X", -2, key(1, "RW"), keys(2, -1, 1, "RO"), keys(3, 0, 1, "OW"));
        assertThat(Keys.changing(command, Request.of("X", "a"))).containsExactly(1);
        assertThat(Keys.changing(command, Request.of("X", "a", "b", "c"))).containsExactly(1, 3);
        assertThat(Keys.positions(command, Request.of("X", "a"))).isEmpty();
    }
}
