package dev.sluice.broker.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InfoTest {
    private final Info info = new Info();

    @BeforeEach
    void contribute() {
        info.add(new InfoSection("Alpha", true, text -> text.field("a", 1)));
        info.add(new InfoSection("Beta", false, text -> text.field("b", "two")));
        info.add(new InfoSection(List.of("Gamma", "third"), true, text -> {}));
    }

    @Test
    void withoutNamesTheStandardSectionsInTheirOrder() {
        assertThat(info.text(List.of())).isEqualTo("# Alpha\r\na:1\r\n\r\n# Gamma\r\n");
        assertThat(info.text(List.of("default"))).isEqualTo(info.text(List.of()));
    }

    @Test
    void allMeansAll() {
        assertThat(info.text(List.of("ALL"))).isEqualTo("# Alpha\r\na:1\r\n\r\n# Beta\r\nb:two\r\n\r\n# Gamma\r\n");
        assertThat(info.text(List.of("everything", "alpha"))).isEqualTo(info.text(List.of("all")));
    }

    @Test
    void namesInAnyCaseAndOrderEachOnce() {
        assertThat(info.text(List.of("THIRD", "beta", "Beta"))).isEqualTo("# Beta\r\nb:two\r\n\r\n# Gamma\r\n");
        assertThat(info.text(List.of("beta", "default")))
                .isEqualTo("# Alpha\r\na:1\r\n\r\n# Beta\r\nb:two\r\n\r\n# Gamma\r\n");
    }

    @Test
    void anUnknownSectionIsEmpty() {
        assertThat(info.text(List.of("nosuch"))).isEmpty();
    }
}
