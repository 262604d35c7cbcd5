package dev.sluice.broker.metric;

import java.util.ArrayList;
import java.util.List;

/** INFO: the sections that their owners contributed, in the order in which they came. */
public final class Info {
    private final List<InfoSection> sections = new ArrayList<>();

    public void add(InfoSection section) {
        sections.add(section);
    }

    /**
     * The sections of these names; {@code default} and no name at all are the standard ones, {@code all} and {@code
     * everything} all of them. A name that nobody has adds nothing.
     */
    public String text(List<String> names) {
        InfoText text = new InfoText();
        for (InfoSection section : sections) {
            if (isWanted(section, names)) {
                text.title(section.title());
                section.lines().accept(text);
            }
        }
        return text.toString();
    }

    private static boolean isWanted(InfoSection section, List<String> names) {
        boolean wanted = names.isEmpty() && section.standard();
        for (String name : names) {
            wanted |= name.equalsIgnoreCase("all")
                    || name.equalsIgnoreCase("everything")
                    || name.equalsIgnoreCase("default") && section.standard()
                    || section.isCalled(name);
        }
        return wanted;
    }
}
