package dev.sluice.broker.config;

import dev.sluice.broker.config.Kind.Choice;
import dev.sluice.broker.config.Kind.Choices;
import dev.sluice.broker.config.Kind.Flag;
import dev.sluice.broker.config.Kind.Memory;
import dev.sluice.broker.config.Kind.MemoryOrPercent;
import dev.sluice.broker.config.Kind.Octal;
import dev.sluice.broker.config.Kind.Text;
import dev.sluice.broker.config.Kind.Whole;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of the settings table.
 *
 * @param alias a second name that Redis takes for the same setting
 * @param standard the value without any configuration
 * @param immutable only the configuration file and the command line can set it
 * @param guarded CONFIG SET needs {@code enable-protected-configs}
 * @param hidden CONFIG GET shows it only by its exact name
 * @param sensitive its value must not show in logs, MONITOR or SLOWLOG
 * @param applied it has an effect; otherwise it is only kept, with a warning if it is not the standard one
 * @param quietAt a value which is as good as having no effect, so that it needs no warning
 */
record Row(
        String name,
        Kind kind,
        Object standard,
        @Nullable String alias,
        boolean immutable,
        boolean guarded,
        boolean hidden,
        boolean sensitive,
        boolean applied,
        @Nullable String quietAt) {
    static final long INT_MIN = Integer.MIN_VALUE;
    static final long INT_MAX = Integer.MAX_VALUE;
    static final long UINT_MAX = 0xffff_ffffL;
    static final long LONG_MAX = Long.MAX_VALUE;
    static final long ULONG_MAX = -1;
    static final long KB = 1 << 10;
    static final long MB = 1 << 20;
    static final long GB = 1 << 30;

    static Row special(String name, Kind kind, Object standard) {
        return new Row(name, kind, standard, null, false, false, false, false, false, null);
    }

    static Row flag(String name, boolean standard) {
        return special(name, new Flag(), standard);
    }

    static Row number(String name, long lower, long upper, long standard) {
        return special(name, new Whole(lower, upper, lower, upper), standard);
    }

    static Row octal(String name, long lower, long upper, long standard) {
        return special(name, new Octal(lower, upper), standard);
    }

    /** The upper bound is unsigned. */
    static Row memory(String name, long lower, long upper, long standard) {
        return special(name, new Memory(lower, upper, lower), standard);
    }

    static Row memoryOrPercent(String name, long percentMax, long standard) {
        return special(name, new MemoryOrPercent(percentMax), standard);
    }

    static Row text(String name, String standard) {
        return text(name, standard, Peculiar::anything);
    }

    static Row text(String name, String standard, Text.Check check) {
        return special(name, new Text(check, standard.isEmpty()), standard);
    }

    /** A text whose standard value is the empty one, which is a value like others. */
    static Row emptyText(String name) {
        return special(name, new Text(Peculiar::anything, false), "");
    }

    static Row choice(String name, String standard, String... words) {
        return special(name, new Choice(List.of(words)), standard);
    }

    static Row choices(String name, Text.Check check, String... words) {
        return special(name, new Choices(List.of(words), check), words[0]);
    }

    Row alias(String second) {
        return new Row(name, kind, standard, second, immutable, guarded, hidden, sensitive, applied, quietAt);
    }

    Row onlyAtStart() {
        return new Row(name, kind, standard, alias, true, guarded, hidden, sensitive, applied, quietAt);
    }

    Row asGuarded() {
        return new Row(name, kind, standard, alias, immutable, true, hidden, sensitive, applied, quietAt);
    }

    Row asHidden() {
        return new Row(name, kind, standard, alias, immutable, guarded, true, sensitive, applied, quietAt);
    }

    Row asSensitive() {
        return new Row(name, kind, standard, alias, immutable, guarded, hidden, true, applied, quietAt);
    }

    Row isApplied() {
        return new Row(name, kind, standard, alias, immutable, guarded, hidden, sensitive, true, quietAt);
    }

    Row fineAt(String value) {
        return new Row(name, kind, standard, alias, immutable, guarded, hidden, sensitive, applied, value);
    }
}
