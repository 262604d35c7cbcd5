package dev.sluice.broker.config;

import java.util.List;

/** {@code notify-keyspace-events}: which classes of changes are published, and on which channels. A set of bits. */
public record KeyspaceEvents(int bits) {
    public static final int GENERIC = 1;
    public static final int STRING = 1 << 1;
    public static final int LIST = 1 << 2;
    public static final int SET = 1 << 3;
    public static final int HASH = 1 << 4;
    public static final int SORTED_SET = 1 << 5;
    public static final int EXPIRED = 1 << 6;
    public static final int EVICTED = 1 << 7;
    public static final int STREAM = 1 << 8;
    public static final int MODULE = 1 << 9;
    /** Everything that the letter A stands for: not NEW and not MISS. */
    public static final int ALL = (1 << 10) - 1;

    public static final int NEW = 1 << 10;
    /** On {@code __keyspace@<db>__:<key>}. */
    public static final int KEYSPACE = 1 << 11;
    /** On {@code __keyevent@<db>__:<event>}. */
    public static final int KEYEVENT = 1 << 12;

    public static final int MISS = 1 << 13;

    /** In the order in which CONFIG GET shows them, which is the order of the bits. */
    private static final String LETTERS = "g$lshzxetdnKEm";

    /** The class that a letter stands for; none for any other character. */
    public static int of(char letter) {
        int bit = LETTERS.indexOf(letter);
        return bit < 0 ? 0 : 1 << bit;
    }

    /** Whether any of these classes is on. */
    public boolean has(int classes) {
        return (bits & classes) != 0;
    }

    @Override
    public String toString() {
        boolean all = (bits & ALL) == ALL;
        StringBuilder text = new StringBuilder(all ? "A" : "");
        // Redis shows no n beside an A, although A does not include it.
        for (int bit = all ? Integer.numberOfTrailingZeros(KEYSPACE) : 0; bit < LETTERS.length(); bit++) {
            if ((bits & 1 << bit) != 0) {
                text.append(LETTERS.charAt(bit));
            }
        }
        return text.toString();
    }

    /** A word of letters. */
    record Letters() implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            int bits = 0;
            for (char letter : words.getFirst().toCharArray()) {
                int bit = LETTERS.indexOf(letter);
                if (bit < 0 && letter != 'A') {
                    throw new SettingRefused("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
                }
                bits |= letter == 'A' ? ALL : 1 << bit;
            }
            return new KeyspaceEvents(bits);
        }

        @Override
        public List<FileLine> lines(String name, Object value, Object standard) {
            return FileLine.of(name, QuotedWords.quote(print(value)), !value.equals(standard));
        }

        @Override
        public long number(Object value) {
            return ((KeyspaceEvents) value).bits;
        }
    }
}
