package dev.sluice.broker.config;

import java.util.List;
import java.util.Locale;

/** {@code client-output-buffer-limit}: how much may wait to be written to a client of each class. */
public record OutputLimits(Limit normal, Limit replica, Limit pubsub) {
    /**
     * A client is closed when more than {@code hardBytes} wait, or more than {@code softBytes} for {@code softSeconds} on
     * end. 0 bytes is no limit.
     */
    public record Limit(long hardBytes, long softBytes, long softSeconds) {
        @Override
        public String toString() {
            return Long.toUnsignedString(hardBytes) + " " + Long.toUnsignedString(softBytes) + " " + softSeconds;
        }
    }

    @Override
    public String toString() {
        return "normal " + normal + " slave " + replica + " pubsub " + pubsub;
    }

    /** Groups of four words: a class and its limit. Classes that are not named stay as they are. */
    record Groups() implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            if (words.size() % 4 != 0) {
                throw new SettingRefused("Wrong number of arguments in buffer limit configuration.");
            }
            OutputLimits limits = (OutputLimits) before;
            for (int i = 0; i < words.size(); i += 4) {
                limits = with(limits, words.subList(i, i + 4));
            }
            return limits;
        }

        private static OutputLimits with(OutputLimits limits, List<String> group) {
            return switch (group.getFirst().toLowerCase(Locale.ROOT)) {
                case "normal" -> new OutputLimits(limit(group), limits.replica, limits.pubsub);
                case "slave", "replica" -> new OutputLimits(limits.normal, limit(group), limits.pubsub);
                case "pubsub" -> new OutputLimits(limits.normal, limits.replica, limit(group));
                default -> throw new SettingRefused("Invalid client class specified in buffer limit configuration.");
            };
        }

        private static Limit limit(List<String> group) {
            Long hard = Numerals.memory(group.get(1));
            Long soft = Numerals.memory(group.get(2));
            Long seconds = Numerals.loose(group.get(3), 10);
            if (hard == null || soft == null || seconds == null || seconds < 0) {
                throw new SettingRefused("Error in hard, soft or soft_seconds setting in buffer limit configuration.");
            }
            return new Limit(hard, soft, seconds);
        }

        /** One line a class. */
        @Override
        public List<FileLine> lines(String name, Object value, Object standard) {
            OutputLimits limits = (OutputLimits) value;
            OutputLimits usual = (OutputLimits) standard;
            return List.of(
                    line(name + " normal", limits.normal, usual.normal),
                    line(name + " replica", limits.replica, usual.replica),
                    line(name + " pubsub", limits.pubsub, usual.pubsub));
        }

        private static FileLine line(String option, Limit limit, Limit usual) {
            String hard = FileLine.bytes(limit.hardBytes);
            String soft = FileLine.bytes(limit.softBytes);
            String text = option + " " + hard + " " + soft + " " + limit.softSeconds;
            return new FileLine(option, text, !limit.equals(usual));
        }

        @Override
        public boolean manyWords() {
            return true;
        }
    }
}
