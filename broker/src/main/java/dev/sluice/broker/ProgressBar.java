package dev.sluice.broker;

import java.io.PrintStream;

/** Shows on a terminal how much of a file has been read. */
final class ProgressBar {
    private static final int CELLS = 40;
    private static final int PERCENT = 100;

    private final PrintStream terminal;
    private final boolean isShown;
    private final String name;
    private final long bytes;
    private int percent = -1;

    /** {@code isShown}: whether there is a terminal. */
    ProgressBar(PrintStream terminal, boolean isShown, String name, long bytes) {
        this.terminal = terminal;
        this.isShown = isShown;
        this.name = name;
        this.bytes = bytes;
    }

    void at(long read) {
        int now = bytes == 0 ? PERCENT : (int) Math.min(PERCENT, PERCENT * read / bytes);
        if (isShown && now != percent) {
            percent = now;
            int full = CELLS * now / PERCENT;
            terminal.printf("\r%s [%s%s] %d %%", name, "#".repeat(full), " ".repeat(CELLS - full), now);
            terminal.flush();
        }
    }

    /** Takes it away. */
    void end() {
        if (isShown && percent >= 0) {
            terminal.print("\r" + " ".repeat(name.length() + CELLS + 10) + "\r");
            terminal.flush();
        }
    }
}
