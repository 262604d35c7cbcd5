package dev.sluice.broker.persist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.persist.AofManifest.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

class AofManifestTest {
    private static AofManifest read(String text) {
        return AofManifest.of(text.getBytes(ISO_8859_1));
    }

    private static void refuses(String text, String reason) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(LoadRefused.class).hasMessageEndingWith(reason);
    }

    @Test
    void readsWhatRedisServerWrites() {
        AofManifest manifest = read("file a.2.base.rdb seq 2 type b\nfile a.1.incr.aof seq 1 type h\n"
                + "# by hand\nfile a.4.incr.aof seq 4 type i\nfile \"a b.aof\" seq 5 type i startoffset 3\n");
        assertThat(manifest.base()).isEqualTo(new Part("a.2.base.rdb", 2));
        assertThat(manifest.history()).containsExactly(new Part("a.1.incr.aof", 1));
        assertThat(manifest.increments()).containsExactly(new Part("a.4.incr.aof", 4), new Part("a b.aof", 5));
        assertThat(manifest.nextIncrement("a")).isEqualTo(new Part("a.6.incr.aof", 6));
        assertThat(manifest.nextBase("a", 0, true)).isEqualTo(new Part("a.3.base.rdb", 3));
        assertThat(AofManifest.of(manifest.bytes())).isEqualTo(manifest);
    }

    @Test
    void refusesWhatRedisServerRefuses() {
        refuses("", "Found an empty AOF manifest");
        refuses("\n", "Invalid AOF manifest file format");
        refuses("file a seq 1\n", "Invalid AOF manifest file format");
        refuses("file a seq x type b\n", "Invalid AOF manifest file format");
        refuses("file a/b seq 1 type b\n", "File can't be a path, just a filename");
        refuses("file .. seq 1 type b\n", "File can't be a path, just a filename");
        refuses("file \"a\\x00\" seq 1 type b\n", "File can't be a path, just a filename");
        refuses("file a seq 1 type b\nfile b seq 2 type b\n", "Found duplicate base file information");
        refuses("file a seq 2 type i\nfile b seq 2 type i\n", "Found a non-monotonic sequence number");
        refuses("file a seq 1 type x\n", "Unknown AOF file type");
        refuses("file a seq 1 type b", "The AOF manifest file contains too long line");
    }

    @Test
    void anotherBaseMakesHistoryOfWhatWasBefore() {
        AofManifest before = AofManifest.EMPTY
                .withBase(new Part("a.1.base.rdb", 1), 0)
                .withIncrement(new Part("a.1.incr.aof", 1))
                .withIncrement(new Part("a.2.incr.aof", 2));
        AofManifest after = before.withBase(new Part("a.2.base.rdb", 2), 2);
        assertThat(after.parts()).containsExactly(new Part("a.2.base.rdb", 2), new Part("a.2.incr.aof", 2));
        assertThat(after.history()).containsExactly(new Part("a.1.incr.aof", 1), new Part("a.1.base.rdb", 1));
        assertThat(after.withoutHistory().history()).isEqualTo(List.of());
    }

    @Test
    void anyFlippedBitIsFound() {
        byte[] bytes = AofManifest.EMPTY
                .withBase(new Part("a.1.base.rdb", 1), 0)
                .withIncrement(new Part("a.1.incr.aof", 1))
                .bytes();
        AofManifest right = AofManifest.of(bytes);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            AofManifest read = null;
            try {
                read = AofManifest.of(flipped);
            } catch (LoadRefused found) {
                continue;
            }
            assertThat(read).as("bit %d", bit).isEqualTo(right);
        }
    }
}
