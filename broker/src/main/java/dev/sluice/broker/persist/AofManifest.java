package dev.sluice.broker.persist;

import dev.sluice.broker.config.QuotedWords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which files make up an append-only log, as redis-server 7 writes it down: a line {@code file NAME seq N type T} for each.
 * A base holds everything up to some moment, increments what came after it, in order; history is no longer needed. A
 * line of ours, a comment, has a checksum of those before it.
 */
public record AofManifest(@Nullable Part base, List<Part> history, List<Part> increments) {
    /** One file: its name, without a directory, and its number among those of its kind. */
    public record Part(String name, long sequence) {}

    public static final AofManifest EMPTY = new AofManifest(null, List.of(), List.of());

    private static final String SUM = "# sluice crc64 ";
    private static final int LINE_BYTES_MAX = 1024;
    private static final int HEX = 16;

    public AofManifest {
        history = List.copyOf(history);
        increments = List.copyOf(increments);
    }

    public boolean isEmpty() {
        return base == null && increments.isEmpty();
    }

    /** Base and increments, in the order in which they are loaded. */
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        if (base != null) {
            parts.add(base);
        }
        parts.addAll(increments);
        return parts;
    }

    /** The name that the next increment gets. */
    Part nextIncrement(String fileName) {
        long sequence = 1 + lastSequence(increments, "incr");
        return new Part(fileName + "." + sequence + ".incr.aof", sequence);
    }

    /** The name that the next base gets, of which no number up to {@code taken} is part. */
    Part nextBase(String fileName, long taken, boolean rdb) {
        long sequence = 1 + Math.max(taken, base == null ? 0 : base.sequence);
        return new Part(fileName + "." + sequence + ".base." + (rdb ? "rdb" : "aof"), sequence);
    }

    /** The history counts too: its files may be there still. */
    private long lastSequence(List<Part> parts, String kind) {
        long last = 0;
        for (Part part : parts) {
            last = Math.max(last, part.sequence);
        }
        for (Part part : history) {
            last = part.name.contains("." + kind + ".") ? Math.max(last, part.sequence) : last;
        }
        return last;
    }

    AofManifest withIncrement(Part increment) {
        List<Part> more = new ArrayList<>(increments);
        more.add(increment);
        return new AofManifest(base, history, more);
    }

    /** With another base, for which the increments before {@code from} are not needed. */
    AofManifest withBase(Part newBase, long from) {
        List<Part> old = new ArrayList<>(history);
        List<Part> left = new ArrayList<>();
        if (base != null) {
            old.addFirst(base);
        }
        for (Part increment : increments) {
            if (increment.sequence < from) {
                old.addFirst(increment);
            } else {
                left.add(increment);
            }
        }
        return new AofManifest(newBase, old, left);
    }

    AofManifest withoutHistory() {
        return new AofManifest(base, List.of(), increments);
    }

    byte[] bytes() {
        StringBuilder text = new StringBuilder();
        if (base != null) {
            line(text, base, 'b');
        }
        history.forEach(part -> line(text, part, 'h'));
        increments.forEach(part -> line(text, part, 'i'));
        byte[] lines = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        String sum = HexFormat.of().toHexDigits(Crc64.of(0, lines, 0, lines.length));
        return (text + SUM + sum).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void line(StringBuilder text, Part part, char type) {
        String name = isPlain(part.name) ? part.name : QuotedWords.quote(part.name);
        text.append("file ").append(name).append(" seq ").append(part.sequence);
        text.append(" type ").append(type).append('\n');
    }

    private static boolean isPlain(String name) {
        return name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\'' && c != '\\');
    }

    /** Reads what {@link #bytes} or redis-server wrote. Throws {@link LoadRefused} with redis-server's reasons. */
    public static AofManifest of(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.isEmpty()) {
            throw refused(0, "", "Found an empty AOF manifest");
        }
        Reading reading = new Reading();
        int number = 0;
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf('\n', at);
            number++;
            if (text.charAt(at) == '#') {
                check(bytes, at, text.substring(at, end < 0 ? text.length() : end), number);
            } else if (end < 0 || end - at >= LINE_BYTES_MAX) {
                throw refused(number, "", "The AOF manifest file contains too long line");
            } else {
                reading.line(number, text.substring(at, end).strip());
            }
            at = end < 0 ? text.length() : end + 1;
        }
        return new AofManifest(reading.base, reading.history, reading.increments);
    }

    /** Our own comment says what stands before it; those of others say nothing, unless one looks like a broken one. */
    private static void check(byte[] bytes, int at, String line, int number) {
        boolean ours = line.startsWith(SUM) && line.length() == SUM.length() + HEX;
        if (ours && line.endsWith(HexFormat.of().toHexDigits(Crc64.of(0, bytes, 0, at)))) {
            return;
        }
        if (line.toLowerCase(Locale.ROOT).contains("sluice") || line.length() == SUM.length() + HEX) {
            throw refused(number, line, "The AOF manifest file does not match its checksum");
        }
    }

    private static LoadRefused refused(int number, String line, String reason) {
        String where = number == 0 ? "" : "Reading the manifest file, at line " + number + ": >>> '" + line + "': ";
        return new LoadRefused("*** FATAL AOF MANIFEST FILE ERROR *** " + where + reason);
    }

    private static final class Reading {
        private @Nullable Part base;
        private final List<Part> history = new ArrayList<>();
        private final List<Part> increments = new ArrayList<>();
        private long last;

        void line(int number, String line) {
            List<String> words = QuotedWords.split(line);
            if (line.isEmpty() || words == null || words.size() < 6 || words.size() % 2 != 0) {
                throw refused(number, line, "Invalid AOF manifest file format");
            }
            String name = "";
            long sequence = 0;
            char type = 0;
            for (int i = 0; i < words.size(); i += 2) {
                String value = words.get(i + 1);
                switch (words.get(i).toLowerCase(Locale.ROOT)) {
                    case "file" -> name = value;
                    case "seq" -> sequence = sequence(value);
                    case "type" -> type = value.isEmpty() ? 0 : value.charAt(0);
                    default -> {} // later versions may say more
                }
            }
            if (name.contains("/") || name.contains("\\") || name.indexOf(0) >= 0 || isDirectory(name)) {
                throw refused(number, line, "File can't be a path, just a filename");
            }
            if (name.isEmpty() || sequence == 0 || type == 0) {
                throw refused(number, line, "Invalid AOF manifest file format");
            }
            add(number, line, new Part(name, sequence), type);
        }

        private static boolean isDirectory(String name) {
            return name.equals(".") || name.equals("..");
        }

        private static long sequence(String digits) {
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException none) {
                return 0;
            }
        }

        private void add(int number, String line, Part part, char type) {
            switch (type) {
                case 'b' -> {
                    if (base != null) {
                        throw refused(number, line, "Found duplicate base file information");
                    }
                    base = part;
                }
                case 'h' -> history.add(part);
                case 'i' -> {
                    if (part.sequence <= last) {
                        throw refused(number, line, "Found a non-monotonic sequence number");
                    }
                    last = part.sequence;
                    increments.add(part);
                }
                default -> throw refused(number, line, "Unknown AOF file type");
            }
        }
    }
}
