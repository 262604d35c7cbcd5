package dev.sluice.broker.command;

import static dev.sluice.broker.command.KeySpec.key;
import static dev.sluice.broker.command.KeySpec.keys;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
    private static final KeySpec COUNTED =
            new KeySpec(new KeySpec.Begin.Index(2), new KeySpec.Find.Count(0, 1, 1), List.of("RO"), "");

    private static KeyRange of(KeySpec... specs) {
        return KeyRange.of(List.of(specs));
    }

    @Test
    void oneRangeAsItIs() {
        assertThat(of()).isEqualTo(new KeyRange(0, 0, 0, true));
        assertThat(of(key(1))).isEqualTo(new KeyRange(1, 1, 1, true));
        assertThat(of(keys(1, -1, 2))).isEqualTo(new KeyRange(1, -1, 2, true));
        assertThat(of(keys(2, -2, 1))).isEqualTo(new KeyRange(2, -2, 1, true));
    }

    @Test
    void rangesThatFollowUponEachOtherAreOne() {
        assertThat(of(key(1), key(2))).isEqualTo(new KeyRange(1, 2, 1, true));
        assertThat(of(key(2), keys(3, -1, 1))).isEqualTo(new KeyRange(2, -1, 1, true));
        assertThat(of(key(1), key(3))).isEqualTo(new KeyRange(1, 1, 1, false));
        assertThat(of(key(1), keys(2, -1, 2))).isEqualTo(new KeyRange(1, 1, 1, false));
    }

    @Test
    void whatIsNoRangeMovesKeys() {
        assertThat(of(COUNTED)).isEqualTo(new KeyRange(0, 0, 0, false));
        assertThat(of(key(1), COUNTED)).isEqualTo(new KeyRange(1, 1, 1, false));
        assertThat(of(keys(1, 0, 1, "RO", "incomplete"))).isEqualTo(new KeyRange(1, 1, 1, false));
        assertThat(Command.read("X", -2, COUNTED).has(Flag.MOVABLEKEYS)).isTrue();
        assertThat(Command.read("X", -2, key(1)).has(Flag.MOVABLEKEYS)).isFalse();
    }
}
