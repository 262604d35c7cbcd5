package dev.sluice.broker.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.broker.Seeds;
import dev.sluice.streams.message.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Listpack, ziplist, zipmap and intset: what stands in them is read, and nothing else is taken for one of them. */
class PackedFormsTest {
    private static final String[] EDGES = {
        "",
        "a",
        "0",
        "12",
        "13",
        "127",
        "128",
        "-1",
        "4095",
        "4096",
        "-4096",
        "-4097",
        "32767",
        "32768",
        "-32768",
        "-32769",
        "8388607",
        "8388608",
        "-8388608",
        "-8388609",
        "2147483647",
        "2147483648",
        "-2147483648",
        "-2147483649",
        "9223372036854775807",
        "-9223372036854775808",
        "01",
        "-0",
        "+1",
        "1.5",
        "9223372036854775808"
    };

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);

    private interface Form {
        byte[] of(List<byte[]> elements);
    }

    @Test
    void listpacks() {
        reads(PackedFormsTest::listpack, PackedFormsTest::readListpack, strings(EDGES));
        for (int length :
                new int[] {63, 64, 119, 120, 4095, 4096, 16370, 16376, 16377, 16378, 16379, 2097140, 2097146}) {
            reads(PackedFormsTest::listpack, PackedFormsTest::readListpack, List.of(new byte[length], bytes("behind")));
        }
        reads(PackedFormsTest::listpack, PackedFormsTest::readListpack, many());
        noise(PackedFormsTest::listpack, PackedFormsTest::readListpack);
    }

    @Test
    void ziplists() {
        reads(e -> PackedForms.ziplist(e, true), PackedFormsTest::readZiplist, strings(EDGES));
        reads(e -> PackedForms.ziplist(e, false), PackedFormsTest::readZiplist, strings(EDGES));
        for (int length : new int[] {63, 64, 251, 252, 253, 254, 16383, 16384}) {
            reads(
                    e -> PackedForms.ziplist(e, true),
                    PackedFormsTest::readZiplist,
                    List.of(new byte[length], bytes("behind")));
        }
        reads(e -> PackedForms.ziplist(e, true), PackedFormsTest::readZiplist, many());
        noise(e -> PackedForms.ziplist(e, true), PackedFormsTest::readZiplist);
    }

    @Test
    void zipmaps() {
        List<byte[]> pairs = List.of(bytes("f"), bytes(""), bytes(""), new byte[300], new byte[253], new byte[254]);
        reads(e -> PackedForms.zipmap(e, 0), Zipmap::read, pairs);
        reads(e -> PackedForms.zipmap(e, 7), Zipmap::read, pairs);
        noise(e -> PackedForms.zipmap(e, 1), Zipmap::read);
    }

    @Test
    void intsets() {
        for (long edge : new long[] {9, Short.MAX_VALUE, Short.MAX_VALUE + 1, Integer.MAX_VALUE + 1L, Long.MAX_VALUE}) {
            long[] members = {-edge - 1, -3, 0, edge};
            assertThat(read(Intset::read, Intset.of(members)))
                    .containsExactly(Long.toString(-edge - 1), "-3", "0", Long.toString(edge));
        }
        refuses(Intset::read, Intset.of(new long[] {2, 1}));
        refuses(Intset::read, Intset.of(new long[] {1, 1}));
        noise(e -> Intset.of(new long[] {1, 70_000, 80_000}), Intset::read);
    }

    @Test
    void theCountMustBeRight() {
        byte[] listpack = listpack(strings("a", "b"));
        listpack[4]++;
        refuses(PackedFormsTest::readListpack, listpack);
        byte[] ziplist = PackedForms.ziplist(strings("a", "b"), true);
        ziplist[8]++;
        refuses(PackedFormsTest::readZiplist, ziplist);
    }

    private static void reads(Form form, BiConsumer<Bytes, Consumer<Bytes>> reader, List<byte[]> elements) {
        byte[] packed = form.of(elements);
        List<String> expected = elements.stream().map(PackedFormsTest::text).toList();
        assertThat(read(reader, packed)).isEqualTo(expected);
        // Behind the end there is nothing, and nothing may be missing.
        byte[] longer = java.util.Arrays.copyOf(packed, packed.length + 1);
        refuses(reader, longer);
        refuses(reader, java.util.Arrays.copyOf(packed, packed.length - 1));
    }

    /** Whatever is changed in it, it is read to its end or refused. */
    private void noise(Form form, BiConsumer<Bytes, Consumer<Bytes>> reader) {
        byte[] whole = form.of(strings("abc", "1", "70000", "-5", "zz", new String(new char[70])));
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = whole.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            try {
                read(reader, changed);
            } catch (CorruptRdbException corrupt) {
                refused++;
            }
        }
        assertThat(refused).as("sluice.seed=%d", seed).isGreaterThan(1000);
    }

    private static List<String> read(BiConsumer<Bytes, Consumer<Bytes>> reader, byte[] packed) {
        List<String> elements = new ArrayList<>();
        reader.accept(Bytes.of(packed), element -> elements.add(text(element.toArray())));
        return elements;
    }

    private static void refuses(BiConsumer<Bytes, Consumer<Bytes>> reader, byte[] packed) {
        assertThatExceptionOfType(CorruptRdbException.class).isThrownBy(() -> read(reader, packed));
    }

    private static byte[] listpack(List<byte[]> elements) {
        Listpack listpack = new Listpack();
        elements.forEach(e -> listpack.add(e, 0, e.length));
        return listpack.bytes().toArray();
    }

    private List<byte[]> many() {
        List<byte[]> elements = new ArrayList<>();
        for (int i = 0; i < 70_000; i++) {
            elements.add(bytes(Integer.toString(random.nextInt(1000))));
        }
        return elements;
    }

    private static List<byte[]> strings(String... texts) {
        return java.util.Arrays.stream(texts).map(PackedFormsTest::bytes).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static void readListpack(Bytes listpack, Consumer<Bytes> visitor) {
        Listpack.read(listpack, "Listpack", visitor);
    }

    private static void readZiplist(Bytes ziplist, Consumer<Bytes> visitor) {
        Ziplist.read(ziplist, "Ziplist", visitor);
    }
}
