package dev.sluice.broker.config;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** A snapshot is due after so many seconds if there were at least so many changes. */
public record SavePoint(long seconds, int changes) {
    /** Lines of a configuration add up, but an empty one forgets those before it; CONFIG SET replaces them all. */
    record Points() implements Kind {
        @Override
        public Object read(List<String> words, Object before, Host host) {
            if (words.size() == 1 && words.getFirst().isEmpty()) {
                return List.of();
            }
            if (words.size() % 2 != 0) {
                throw new SettingRefused("Invalid save parameters");
            }
            List<SavePoint> points = new ArrayList<>();
            for (int i = 0; i < words.size(); i += 2) {
                points.add(new SavePoint(atLeast(1, words.get(i)), (int) atLeast(0, words.get(i + 1))));
            }
            return List.copyOf(points);
        }

        private static long atLeast(long least, String word) {
            Long value = Numerals.loose(word, 10);
            if (value == null || value < least) {
                throw new SettingRefused("Invalid save parameters");
            }
            return value;
        }

        @Override
        public Object add(Object before, Object line) {
            List<?> points = (List<?>) line;
            if (points.isEmpty()) {
                return line;
            }
            List<Object> all = new ArrayList<>((List<?>) before);
            all.addAll(points);
            return List.copyOf(all);
        }

        @Override
        public String print(Object value) {
            StringJoiner all = new StringJoiner(" ");
            for (Object each : (List<?>) value) {
                SavePoint point = (SavePoint) each;
                all.add(point.seconds + " " + point.changes);
            }
            return all.toString();
        }

        /** One line a point; without any an empty one, for no line would mean the standard ones. */
        @Override
        public List<FileLine> lines(String name, Object value, Object standard) {
            List<FileLine> lines = new ArrayList<>();
            for (Object each : (List<?>) value) {
                SavePoint point = (SavePoint) each;
                lines.addAll(FileLine.of(name, point.seconds + " " + point.changes, true));
            }
            return lines.isEmpty() ? FileLine.of(name, "\"\"", true) : lines;
        }

        @Override
        public boolean manyWords() {
            return true;
        }
    }
}
