package dev.sluice.streams.hub;

import dev.sluice.streams.message.Bytes;

/** Star and question mark, until the full glob is there. */
final class Match {
    static boolean matches(Bytes glob, Bytes text) {
        int g = 0;
        int t = 0;
        int star = -1;
        int retry = 0;
        while (t < text.length()) {
            if (g < glob.length() && glob.at(g) == '*') {
                star = g++;
                retry = t;
            } else if (g < glob.length() && (glob.at(g) == '?' || glob.at(g) == text.at(t))) {
                g++;
                t++;
            } else if (star >= 0) {
                g = star + 1;
                t = ++retry;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.at(g) == '*') {
            g++;
        }
        return g == glob.length();
    }

    private Match() {}
}
