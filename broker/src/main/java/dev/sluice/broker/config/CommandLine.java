package dev.sluice.broker.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the arguments of the process ask for. They are those of redis-server: {@code [redis.conf] [-] [--name value]...};
 * the options are read as lines after the file and standard input, so the last value wins.
 */
public sealed interface CommandLine {
    /**
     * Start with these settings.
     *
     * @param configFile the absolute path of the file that was given, for CONFIG REWRITE and INFO
     * @param warnings lines for the log, which was not open yet
     */
    record Start(Settings settings, @Nullable String configFile, List<String> warnings) implements CommandLine {}

    /** Print the text, to standard output if the code is 0 and else to standard error, and end with the code. */
    record Exit(int code, String text) implements CommandLine {}

    static CommandLine read(List<String> arguments, Host host) {
        return switch (arguments.isEmpty() ? "" : arguments.getFirst()) {
            case "-v", "--version" -> new Exit(0, Version.line());
            case "-h", "--help" -> new Exit(0, Usage.TEXT);
            default -> settings(arguments, host);
        };
    }

    private static CommandLine settings(List<String> arguments, Host host) {
        List<String> warnings = new ArrayList<>();
        Settings settings = new Settings(host);
        settings.warnTo(warnings::add);
        ConfigReader reader = new ConfigReader(settings, host, warnings::add);
        Options options = Options.of(arguments);
        try {
            StringBuilder text = new StringBuilder();
            String path = options.file() == null ? null : absolute(options.file(), host);
            if (path != null) {
                text.append(reader.file(path));
                settings.file(path);
            }
            if (options.standardInput()) {
                warnings.add("Reading config from stdin");
                text.append(new String(host.standardInput(), StandardCharsets.ISO_8859_1));
            }
            reader.read(arguments.isEmpty() ? "" : text + "\n" + options.lines());
            settings.warnOfThoseWithoutEffect();
            settings.warnToLog();
            return new Start(settings, path, List.copyOf(warnings));
        } catch (ConfigReader.Fatal fatal) {
            return new Exit(1, String.valueOf(fatal.getMessage()));
        } catch (IOException unreadable) {
            return new Exit(1, "Fatal error, can't read config from stdin: " + unreadable.getMessage());
        }
    }

    private static String absolute(String path, Host host) {
        return path.startsWith("/") ? path : host.workingDirectory() + "/" + path;
    }
}
