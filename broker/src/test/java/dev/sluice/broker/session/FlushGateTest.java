package dev.sluice.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlushGateTest {
    private final FlushGate gate = new FlushGate();
    private final List<String> left = new ArrayList<>();
    private long journalled;
    private long forced;

    @Test
    void isOpenUntilToldOtherwise() {
        assertThat(gate.isOpen()).isTrue();
        gate.closable(() -> journalled, () -> forced);
        assertThat(gate.isOpen()).isTrue();
        journalled = 10;
        assertThat(gate.isOpen()).isFalse();
        gate.open();
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void letsOutWhatIsForcedInOrder() {
        gate.closable(() -> journalled, () -> forced);
        journalled = 10;
        gate.await(() -> left.add("a"));
        journalled = 20;
        gate.await(() -> left.add("b, open: " + gate.isOpen()));
        forced = 10;
        gate.advanced();
        assertThat(left).containsExactly("a");
        assertThat(gate.isOpen()).isFalse();
        forced = 20;
        gate.advanced();
        assertThat(left).containsExactly("a", "b, open: true");
    }

    @Test
    void whoComesMeanwhileDoesNotOvertake() {
        gate.closable(() -> journalled, () -> forced);
        journalled = 10;
        gate.await(() -> left.add("a, open: " + gate.isOpen()));
        gate.await(() -> left.add("b"));
        gate.open();
        assertThat(left).containsExactly("a, open: false", "b");
    }
}
