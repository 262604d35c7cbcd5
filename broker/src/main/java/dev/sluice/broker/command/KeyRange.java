package dev.sluice.broker.command;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a command's keys stand, as clients before Redis 7 read it: from {@code first} to {@code last} (negative: from
 * the end), every {@code step}th; zeros where no range says it. {@code whole}: these are all the keys there can be;
 * otherwise clients are told {@code movablekeys}.
 */
public record KeyRange(int first, int last, int step, boolean whole) {
    private static final KeyRange NO_KEYS = new KeyRange(0, 0, 0, true);

    /** The range of key specifications: one range as it is, or plain ranges that follow upon each other. */
    static KeyRange of(List<KeySpec> specs) {
        if (specs.isEmpty()) {
            return NO_KEYS;
        }
        if (specs.size() == 1 && range(specs.getFirst()) instanceof KeyRange only) {
            return only;
        }
        KeyRange joined = NO_KEYS;
        boolean whole = true;
        for (KeySpec spec : specs) {
            KeyRange next = range(spec);
            if (next == null || next.step != 1 || joined.last != 0 && joined.last != next.first - 1) {
                whole = false;
                continue;
            }
            joined = new KeyRange(joined.first == 0 ? next.first : joined.first, next.last, 1, true);
            whole &= next.whole;
        }
        return new KeyRange(joined.first, joined.last, joined.step, whole);
    }

    private static @Nullable KeyRange range(KeySpec spec) {
        return spec.begin() instanceof KeySpec.Begin.Index(int first)
                        && spec.find() instanceof KeySpec.Find.Range(int last, int step, int limit)
                ? new KeyRange(first, last < 0 ? last : first + last, step, !spec.has(KeySpec.INCOMPLETE))
                : null;
    }
}
