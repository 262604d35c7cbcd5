package dev.sluice.broker.metric;

import java.util.List;
import java.util.function.Consumer;

/**
 * A section of INFO. Whoever owns the figures contributes it; nothing in it is computed before it is asked for.
 *
 * @param names its title, and what else asks for it; compared whatever the case
 * @param standard whether INFO without arguments shows it
 * @param lines writes its fields
 */
public record InfoSection(List<String> names, boolean standard, Consumer<InfoText> lines) {
    public InfoSection(String title, boolean standard, Consumer<InfoText> lines) {
        this(List.of(title), standard, lines);
    }

    String title() {
        return names.getFirst();
    }

    boolean isCalled(String word) {
        for (String name : names) {
            if (name.equalsIgnoreCase(word)) {
                return true;
            }
        }
        return false;
    }
}
