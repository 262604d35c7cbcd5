package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.seam.Disk;
import dev.sluice.streams.message.CommandError;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileInMemoryTest {
    private final SimulatedDisk disk = new SimulatedDisk("/data");

    private byte[] written(int length) throws IOException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        try (Disk.Output out = disk.create("/data/f")) {
            out.write(bytes, 0, length);
        }
        return bytes;
    }

    @Test
    void givesWhatTheFileHolds() throws IOException {
        for (int length : new int[] {0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000}) {
            byte[] bytes = written(length);
            FileInMemory file = FileInMemory.of(disk, "/data/f");
            assertThat(file.bytes()).isEqualTo(length);
            disk.delete("/data/f");
            assertThat(file.readAllBytes()).isEqualTo(bytes);
            assertThat(file.read()).isEqualTo(-1);
        }
    }

    @Test
    void givesSingleBytesAsNumbersWithoutSign() throws IOException {
        byte[] bytes = written(1000);
        FileInMemory file = FileInMemory.of(disk, "/data/f");
        for (byte expected : bytes) {
            assertThat(file.read()).isEqualTo(expected & 0xff);
        }
    }

    @Test
    void isRefusedWhereTheHeapHasNoRoomForIt() {
        assertThatThrownBy(() -> new FileInMemory(InputStream.nullInputStream(), 1L << 40))
                .isInstanceOf(CommandError.class);
    }

    @Test
    void saysThatThereIsNoFile() {
        assertThatThrownBy(() -> FileInMemory.of(disk, "/data/none")).isInstanceOf(IOException.class);
    }
}
