package dev.sluice.broker.differential;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A reply taken apart, for comparisons that are laxer than byte for byte. {@code text} has one character a byte: the
 * line after the type, or the content of a string. A map's keys and values are items in turn. A null string or array has
 * type {@code _}.
 */
record Resp(char type, String text, List<Resp> items) {
    static Resp parse(byte[] reply) {
        return new Parser(new String(reply, StandardCharsets.ISO_8859_1)).value();
    }

    /** Printable form of raw bytes, cut where it gets long. */
    static String show(byte[] bytes) {
        if (bytes.length == 0) {
            return "(connection closed)";
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes.length && text.length() < 1_200; i++) {
            char c = (char) (bytes[i] & 0xff);
            switch (c) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '\\' -> text.append("\\\\");
                default -> text.append(c >= ' ' && c < 0x7f ? Character.toString(c) : "\\x%02x".formatted((int) c));
            }
        }
        return text + (text.length() < 1_200 ? "" : "... (" + bytes.length + " bytes)");
    }

    boolean isAggregate() {
        return "*~%>".indexOf(type) >= 0;
    }

    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        Resp value() {
            if (text.isEmpty()) {
                return new Resp(' ', "", List.of());
            }
            char type = text.charAt(at);
            int end = text.indexOf("\r\n", at);
            String line = text.substring(at + 1, end);
            at = end + 2;
            return switch (type) {
                case '$', '=', '!' -> string(type, Integer.parseInt(line));
                case '*', '~', '>' -> aggregate(type, Integer.parseInt(line));
                case '%' -> aggregate(type, 2 * Integer.parseInt(line));
                case '|' -> {
                    aggregate(type, 2 * Integer.parseInt(line));
                    yield value();
                }
                default -> new Resp(type, line, List.of());
            };
        }

        private Resp string(char type, int length) {
            if (length < 0) {
                return new Resp('_', "", List.of());
            }
            Resp value = new Resp(type, text.substring(at, at + length), List.of());
            at += length + 2;
            return value;
        }

        private Resp aggregate(char type, int size) {
            if (size < 0) {
                return new Resp('_', "", List.of());
            }
            List<Resp> items = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                items.add(value());
            }
            return new Resp(type, "", items);
        }
    }
}
