package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LocalProcessTest {
    @Test
    void theProcessHasMemoryAndHasRun() {
        assumeTrue(Files.exists(Path.of("/proc/self/statm")), "skipped: this system has no /proc");
        LocalProcess process = new LocalProcess();
        process.loopIsHere();
        process.look();
        LocalProcess.Usage usage = process.usage();
        assertThat(usage.residentBytes()).isBetween(1L << 20, process.machineBytes);
        assertThat(usage.userSeconds()).isPositive();
        assertThat(usage.loopUserSeconds()).isBetween(0.0, usage.userSeconds());
        assertThat(process.executable).endsWith("java");
        assertThat(process.id).isPositive();
    }
}
