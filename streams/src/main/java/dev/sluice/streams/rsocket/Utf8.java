package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;

/** Well-formed UTF-8 as of RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
    private Utf8() {}

    static boolean isValid(Bytes text) {
        byte[] array = text.array();
        int at = text.offset();
        int end = at + text.length();
        while (at < end) {
            int first = array[at++];
            if (first >= 0) {
                continue;
            }
            int more = following(first & 0xff);
            if (more == 0 || end - at < more || !isSecond(first & 0xff, array[at] & 0xff)) {
                return false;
            }
            for (int i = 1; i < more; i++) {
                if ((array[at + i] & 0xc0) != 0x80) {
                    return false;
                }
            }
            at += more;
        }
        return true;
    }

    /** The number of bytes that follow a first byte above 0x7f; 0 if it cannot be a first one. */
    private static int following(int first) {
        if (first < 0xc2) {
            return 0;
        }
        return first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
    }

    private static boolean isSecond(int first, int second) {
        return switch (first) {
            case 0xe0 -> second >= 0xa0 && second <= 0xbf;
            case 0xed -> second >= 0x80 && second <= 0x9f;
            case 0xf0 -> second >= 0x90 && second <= 0xbf;
            case 0xf4 -> second >= 0x80 && second <= 0x8f;
            default -> second >= 0x80 && second <= 0xbf;
        };
    }
}
