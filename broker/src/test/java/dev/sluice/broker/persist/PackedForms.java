package dev.sluice.broker.persist;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Forms that Redis does not write any more, and payloads of DUMP around what tests made. */
public final class PackedForms {
    private PackedForms() {}

    /** Elements as strings, or as numbers where {@code numbers} and they are. */
    public static byte[] ziplist(List<byte[]> elements, boolean numbers) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int previous = 0;
        int tail = 10;
        for (byte[] element : elements) {
            int from = out.size();
            if (previous < 254) {
                out.write(previous);
            } else {
                out.write(254);
                number(out, previous, 4);
            }
            ziplistElement(out, element, numbers);
            previous = out.size() - from;
            tail = 10 + from;
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        number(whole, out.size() + 11, 4);
        number(whole, tail, 4);
        number(whole, Math.min(elements.size(), 0xffff), 2);
        whole.writeBytes(out.toByteArray());
        whole.write(0xff);
        return whole.toByteArray();
    }

    private static void ziplistElement(ByteArrayOutputStream out, byte[] element, boolean numbers) {
        String text = new String(element, StandardCharsets.ISO_8859_1);
        if (numbers && text.matches("0|-?[1-9][0-9]{0,17}")) {
            long value = Long.parseLong(text);
            if (value >= 0 && value <= 12) {
                out.write(0xf1 + (int) value);
            } else {
                int[] widths = {1, 2, 3, 4, 8};
                int[] codes = {0xfe, 0xc0, 0xf0, 0xd0, 0xe0};
                int i = 0;
                while (widths[i] < 8 && value != value << 64 - 8 * widths[i] >> 64 - 8 * widths[i]) {
                    i++;
                }
                out.write(codes[i]);
                number(out, value, widths[i]);
            }
            return;
        }
        if (element.length < 1 << 6) {
            out.write(element.length);
        } else if (element.length < 1 << 14) {
            out.write(0x40 | element.length >>> 8);
            out.write(element.length);
        } else {
            out.write(0x80);
            number(out, Integer.toUnsignedLong(Integer.reverseBytes(element.length)), 4);
        }
        out.writeBytes(element);
    }

    /** Fields and values in turn. */
    public static byte[] zipmap(List<byte[]> fieldsAndValues, int free) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(Math.min(fieldsAndValues.size() / 2, 254));
        boolean value = false;
        for (byte[] string : fieldsAndValues) {
            if (string.length < 254) {
                out.write(string.length);
            } else {
                out.write(254);
                number(out, string.length, 4);
            }
            if (value) {
                out.write(free);
            }
            out.writeBytes(string);
            if (value) {
                out.writeBytes(new byte[free]);
            }
            value = !value;
        }
        out.write(0xff);
        return out.toByteArray();
    }

    /** A payload of DUMP: type, string (or what the parts are), footer. */
    public static byte[] dump(int type, byte[]... parts) {
        return footed(type, 10, parts);
    }

    public static byte[] footed(int type, int version, byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(type);
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        number(out, version, 2);
        byte[] body = out.toByteArray();
        number(out, Crc64.of(0, body, 0, body.length), 8);
        return out.toByteArray();
    }

    /** A string behind its length. */
    public static byte[] string(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(length(bytes.length));
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    public static byte[] string(String text) {
        return string(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** In its 32-bit form. */
    public static byte[] length(long length) {
        return new byte[] {
            (byte) 0x80, (byte) (length >>> 24), (byte) (length >>> 16), (byte) (length >>> 8), (byte) length
        };
    }

    private static void number(ByteArrayOutputStream out, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }
}
