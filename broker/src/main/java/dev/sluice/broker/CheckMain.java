package dev.sluice.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code sluice-check}. */
@Command(
        name = "sluice-check",
        mixinStandardHelpOptions = true,
        description = {
            "Verifies RDB files and append-only files, of Sluice or of Redis. A directory stands for all of them in it.",
            "Do not repair what a running broker writes to."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:all is intact",
            "1:something is damaged, or torn and was not repaired",
            "2:something cannot be read, or the arguments are wrong"
        })
final class CheckMain implements Callable<Integer> {
    @Option(
            names = "--repair",
            description = "Cut off the end of an append-only log that was being written when the machine stopped.")
    private boolean repairs;

    @Parameters(
            arity = "1..*",
            paramLabel = "<file or directory>",
            description = "An RDB file, a file of commands, the manifest of an append-only log, or a directory.")
    private List<Path> paths = new ArrayList<>();

    private final PrintStream out;
    private final PrintStream terminal;
    private final boolean hasTerminal;

    CheckMain(PrintStream out, PrintStream terminal, boolean hasTerminal) {
        this.out = out;
        this.terminal = terminal;
        this.hasTerminal = hasTerminal;
    }

    public static void main(String[] arguments) {
        ((Logger) LoggerFactory.getLogger("dev.sluice")).setLevel(Level.OFF);
        boolean hasTerminal = System.console() != null && System.console().isTerminal();
        System.exit(new CommandLine(new CheckMain(System.out, System.err, hasTerminal)).execute(arguments));
    }

    @Override
    public Integer call() {
        int code = FileCheck.INTACT;
        try (FileCheck check = new FileCheck(out, this::bar, repairs)) {
            for (Path path : paths) {
                try {
                    code = Math.max(code, check.path(path));
                } catch (IOException unreadable) {
                    out.println(path + ": cannot be read: " + unreadable.getMessage());
                    code = FileCheck.UNREADABLE;
                }
            }
        }
        return code;
    }

    private ProgressBar bar(String name, long bytes) {
        return new ProgressBar(terminal, hasTerminal, name, bytes);
    }
}
