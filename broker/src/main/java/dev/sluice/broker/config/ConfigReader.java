package dev.sluice.broker.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads configuration text in the format of redis.conf into {@link Settings}. Text holds one character per byte. */
final class ConfigReader {
    /** Files that include files that include files; Redis has no limit and overflows its stack. */
    static final int INCLUDE_DEPTH_MAX = 32;

    /** Rules that let a user do everything. */
    private static final Set<String> OPEN = Set.of("on", "~*", "&*", "+@all", "sanitize-payload");

    private static final String BAD_DIRECTIVE = "Bad directive or wrong number of arguments";

    /** The configuration cannot be used; the message is all that is to be printed, in Redis's words. */
    static final class Fatal extends RuntimeException {
        private static final long serialVersionUID = 1;

        Fatal(String message) {
            super(message, null, false, false);
        }

        /** As Redis reports a line, or the configuration as a whole. */
        static Fatal at(@Nullable Integer number, String line, String reason) {
            String where = number == null
                    ? ""
                    : "Reading the configuration file, at line " + number + "\n>>> '" + line + "'\n";
            return new Fatal("\n*** FATAL CONFIG FILE ERROR (Redis " + Version.REFERENCE + ") ***\n" + where + reason);
        }
    }

    private final Settings settings;
    private final Host host;
    private final Consumer<String> warnings;

    ConfigReader(Settings settings, Host host, Consumer<String> warnings) {
        this.settings = settings;
        this.host = host;
        this.warnings = warnings;
    }

    /** The text of a file, or of all files that match a pattern. */
    String file(String path) {
        boolean pattern = path.indexOf('*') >= 0 || path.indexOf('?') >= 0 || path.indexOf('[') >= 0;
        StringBuilder text = new StringBuilder();
        for (String each : pattern ? host.glob(absolute(path)) : List.of(path)) {
            try {
                text.append(new String(host.read(absolute(each)), StandardCharsets.ISO_8859_1));
            } catch (IOException missing) {
                throw new Fatal("Fatal error, can't open config file '" + each + "': " + missing.getMessage());
            }
        }
        return text.toString();
    }

    /** A relative path starts where the latest {@code dir} line says. */
    private String absolute(String path) {
        return path.startsWith("/") ? path : settings.text(Setting.DIR) + "/" + path;
    }

    void read(String text) {
        read(text, 0);
        check();
    }

    private void read(String text, int depth) {
        int number = 0;
        for (String raw : text.split("\n", -1)) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                List<String> words = QuotedWords.split(line);
                if (words == null) {
                    throw new SettingRefused("Unbalanced quotes in configuration line");
                }
                if (!words.isEmpty()) {
                    directive(words, depth);
                }
            } catch (SettingRefused refused) {
                throw Fatal.at(number, line, refused.reason());
            }
        }
    }

    private void directive(List<String> words, int depth) {
        String name = words.getFirst().toLowerCase(Locale.ROOT);
        List<String> arguments = words.subList(1, words.size());
        Setting setting = settings.find(name);
        if (setting != null) {
            settings.load(setting, values(setting, arguments));
        } else if (name.equals("include") && arguments.size() == 1) {
            include(arguments.getFirst(), depth);
        } else if (name.equals("rename-command") && arguments.size() == 2) {
            settings.rename(arguments.getFirst(), arguments.getLast());
        } else if (!ForeignDirectives.isForeign(name, arguments.size())) {
            throw new SettingRefused(BAD_DIRECTIVE);
        } else if (!ForeignDirectives.isObsolete(name) && !isDefaultUser(name, arguments)) {
            warnings.accept("WARNING: '" + name + "' is accepted, but has no effect in this version");
        }
    }

    /** The default user as CONFIG REWRITE writes it, who is as the other settings say anyway. */
    private boolean isDefaultUser(String name, List<String> arguments) {
        if (!name.equals("user") || !arguments.getFirst().equals("default")) {
            return false;
        }
        boolean hasPassword = !settings.text(Setting.REQUIREPASS).isEmpty();
        for (String rule : arguments.subList(1, arguments.size())) {
            boolean fits =
                    rule.startsWith("#") ? hasPassword : rule.equals("nopass") ? !hasPassword : OPEN.contains(rule);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static List<String> values(Setting setting, List<String> arguments) {
        if (!setting.row().kind().manyWords()) {
            if (arguments.size() != 1) {
                throw new SettingRefused("wrong number of arguments");
            }
            return arguments;
        }
        if (arguments.size() == 1 && !arguments.getFirst().isEmpty()) {
            List<String> parts = QuotedWords.split(arguments.getFirst());
            return parts == null ? List.of() : parts;
        }
        return arguments;
    }

    private void include(String path, int depth) {
        if (depth == INCLUDE_DEPTH_MAX) {
            throw new SettingRefused("Too many nested includes");
        }
        read(file(Settings.decoded(path)), depth + 1);
    }

    /** What only shows when all has been read. */
    private void check() {
        String logFile = settings.text(Setting.LOGFILE);
        String problem = logFile.isEmpty() ? null : host.appendProblem(absolute(logFile));
        if (problem != null) {
            throw Fatal.at(null, "", "Can't open the log file: " + problem);
        }
        if (settings.isOn(Setting.CLUSTER_ENABLED)
                && !settings.text(Setting.REPLICAOF).isEmpty()) {
            throw Fatal.at(null, "", "replicaof directive not allowed in cluster mode");
        }
    }
}
