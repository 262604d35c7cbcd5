package dev.sluice.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.sluice.broker.seam.Disk;
import java.io.IOException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest {
    private static void write(Disk.Output file, String text) throws IOException {
        file.write(text.getBytes(ISO_8859_1), 0, text.length());
    }

    private static String text(Disk disk, String path) throws IOException {
        return disk.exists(path) ? new String(disk.read(path), ISO_8859_1) : "(none)";
    }

    @Test
    void keepsWhatWasForcedUnderANameThatWas() throws IOException {
        Set<String> left = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            SimulatedDisk disk = new SimulatedDisk("/d");
            Disk.Output file = disk.create("/d/a");
            write(file, "forced");
            file.force();
            disk.forceDirectory("/d");
            write(file, "not");
            disk.crash(new Random(seed));
            left.add(text(disk, "/d/a"));
            assertThatIOException().isThrownBy(() -> write(file, "x")).withMessage("Input/output error");
        }
        assertThat(left).contains("forced", "forcedn", "forcednot").allMatch(text -> text.startsWith("forced"));
    }

    @Test
    void losesAndReordersNames() throws IOException {
        Set<String> left = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            SimulatedDisk disk = new SimulatedDisk("/d");
            disk.put("/d/a", "old".getBytes(ISO_8859_1));
            Disk.Output file = disk.create("/d/b");
            write(file, "new");
            file.force();
            disk.rename("/d/b", "/d/a");
            disk.crash(new Random(seed));
            left.add(text(disk, "/d/a") + " " + text(disk, "/d/b"));
        }
        assertThat(left).contains("old (none)", "old new", "new (none)").doesNotContain("(none) (none)");
    }

    @Test
    void isFullAndRefuses() throws IOException {
        SimulatedDisk disk = new SimulatedDisk("/d");
        Disk.Output file = disk.create("/d/a");
        disk.room(3);
        assertThatIOException().isThrownBy(() -> write(file, "four")).withMessage("No space left on device");
        assertThat(text(disk, "/d/a")).isEqualTo("fou");
        disk.refuseForces("Input/output error");
        assertThatIOException().isThrownBy(file::force).withMessage("Input/output error");
        assertThat(disk.forces()).isZero();
    }

    @Test
    void tearsSectors() throws IOException {
        Set<Integer> holes = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            SimulatedDisk disk = new SimulatedDisk("/d");
            Disk.Output file = disk.create("/d/a");
            disk.forceDirectory("/d");
            write(file, "x".repeat(2000));
            disk.crash(new Random(seed));
            holes.add((int) text(disk, "/d/a").chars().filter(c -> c == 0).count());
        }
        assertThat(holes).contains(0, 512, 1024);
    }
}
