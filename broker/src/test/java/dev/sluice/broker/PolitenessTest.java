package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PolitenessTest {
    private static final int NICE_FIELD = 16; // behind the name, which stands in brackets; proc(5)

    private static String nice() {
        try {
            String line = Files.readString(Path.of("/proc/thread-self/stat"));
            return line.substring(line.lastIndexOf(')') + 2).split(" ")[NICE_FIELD];
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Test
    void onlyTheThreadItselfStepsBack() throws InterruptedException {
        assumeTrue(Files.exists(Path.of("/proc/thread-self")), "there is no /proc: not tested");
        String mine = nice();
        AtomicReference<String> its = new AtomicReference<>("");
        Thread.ofPlatform().start(Politeness.polite(() -> its.set(nice()))).join();
        assertThat(Integer.parseInt(its.get())).isEqualTo(Math.min(19, Math.max(10, Integer.parseInt(mine))));
        assertThat(nice()).isEqualTo(mine);
    }
}
