package dev.sluice.broker.config;

import dev.sluice.streams.hub.Glob;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every {@link Setting} is set to. Owned by the keyspace loop: plain fields, so that a getter is an array access.
 * A change comes from the configuration while starting, or from CONFIG SET, all of whose parameters take effect or none.
 */
public final class Settings {
    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

    private static final String USER_DEFAULT = "user default";

    /** A parameter and its value, as CONFIG GET answers and CONFIG SET takes them. */
    public record Entry(Bytes name, Bytes value) {}

    /** A line {@code rename-command}; in upper case. */
    public record Renamed(String command, String name) {}

    private final Host host;
    private final Map<String, Setting> byName = LinkedHashMap.newLinkedHashMap(Setting.values().length * 2);
    private final Object[] values = new Object[Setting.values().length];
    private final Object[] standards;
    private final long[] numbers = new long[Setting.values().length];
    private final Map<Setting, List<Runnable>> effects = new EnumMap<>(Setting.class);
    private final Map<Setting, Supplier<Runnable>> effectsElsewhere = new EnumMap<>(Setting.class);
    private boolean underWay;
    private final Set<Setting> given = EnumSet.noneOf(Setting.class);
    private final Set<Setting> warnedOf = EnumSet.noneOf(Setting.class);
    private Consumer<String> warnings = LOG::warn;
    private final List<Renamed> renamed = new ArrayList<>();
    private String file = "";

    public Settings(Host host) {
        this.host = host;
        for (Setting setting : Setting.values()) {
            byName.put(setting.parameter(), setting);
            String alias = setting.alias();
            if (alias != null) {
                byName.put(alias, setting);
            }
            put(setting, setting.row().standard());
        }
        put(Setting.DIR, host.workingDirectory());
        put(Setting.IO_THREADS, ioThreads(host.processors()));
        standards = values.clone();
    }

    /**
     * The standard settings on a machine with one processor, with some changed: {@code of("port", "0")}. Nothing is read
     * from a disk or saved unless {@code dir} and {@code save} say so: who embeds a broker does not expect files.
     */
    public static Settings of(String... namesAndValues) {
        Settings settings = new Settings(Host.NONE);
        settings.put(Setting.DIR, "");
        settings.load(Setting.SAVE, List.of(""));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Setting setting = settings.byName.get(namesAndValues[i]);
            if (setting == null) {
                throw new IllegalArgumentException("no setting " + namesAndValues[i]);
            }
            settings.load(setting, words(setting, latin1(namesAndValues[i + 1])));
        }
        return settings;
    }

    /** Measured: handing requests to further threads only pays where processors are to spare. */
    private static long ioThreads(int processors) {
        return processors <= 4 ? 1 : Math.min(8, processors / 2);
    }

    /** A number, bytes (at most {@link Long#MAX_VALUE}), or a percentage as a negative number. */
    public long number(Setting setting) {
        return numbers[setting.ordinal()];
    }

    /** A number that is certainly an int: the nearest one. */
    public int integer(Setting setting) {
        return Math.clamp(numbers[setting.ordinal()], Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** Whether a yes-or-no setting is yes. */
    public boolean isOn(Setting setting) {
        return numbers[setting.ordinal()] != 0;
    }

    /** A text or one of several words, or any value as CONFIG GET shows it. */
    public String text(Setting setting) {
        return decoded(printed(setting));
    }

    /** The same, byte for byte as it was given. */
    public Bytes bytes(Setting setting) {
        return bytes(printed(setting));
    }

    /** The words of a list, such as the addresses of {@link Setting#BIND}. */
    @SuppressWarnings("unchecked")
    public List<String> words(Setting setting) {
        return (List<String>) values[setting.ordinal()];
    }

    public OutputLimits outputLimits() {
        return (OutputLimits) values[Setting.CLIENT_OUTPUT_BUFFER_LIMIT.ordinal()];
    }

    @SuppressWarnings("unchecked")
    public List<SavePoint> savePoints() {
        return (List<SavePoint>) values[Setting.SAVE.ordinal()];
    }

    @SuppressWarnings("unchecked")
    public List<Double> percentiles() {
        return (List<Double>) values[Setting.LATENCY_TRACKING_INFO_PERCENTILES.ordinal()];
    }

    public KeyspaceEvents keyspaceEvents() {
        return (KeyspaceEvents) values[Setting.NOTIFY_KEYSPACE_EVENTS.ordinal()];
    }

    /**
     * What CONFIG REWRITE is to do, as things are now.
     *
     * @param defaultUser how the configuration file says who the default user is: {@code user default on ...}
     * @param all adds lines of parameters with their standard values too
     */
    public Rewriting rewriting(String defaultUser, boolean all) {
        List<FileLine> lines = new ArrayList<>();
        Set<String> known = new LinkedHashSet<>();
        for (Setting setting : Setting.values()) {
            String name = setting.parameter();
            known.add(name);
            for (FileLine line : setting.row().kind().lines(name, valueOf(setting), standards[setting.ordinal()])) {
                lines.add(all ? new FileLine(line.option(), line.text(), true) : line);
            }
        }
        lines.add(new FileLine(USER_DEFAULT, latin1(defaultUser), true));
        known.add(USER_DEFAULT);
        return new Rewriting(host, file, byName, known, lines);
    }

    /** Commands that go by other names, in the order of the configuration; an empty name is none at all. */
    public List<Renamed> renamedCommands() {
        return renamed;
    }

    /** One character a byte. */
    void rename(String command, String name) {
        renamed.add(new Renamed(
                decoded(command).toUpperCase(Locale.ROOT), decoded(name).toUpperCase(Locale.ROOT)));
    }

    /** Absolute path of the configuration file; empty if there is none. */
    public String file() {
        return file;
    }

    void file(String path) {
        file = path;
    }

    /** Whether the configuration or CONFIG SET named it, be it with its standard value. */
    public boolean isGiven(Setting setting) {
        return given.contains(setting);
    }

    /** The setting of a name or alias in any case, or null. */
    public @Nullable Setting find(String name) {
        return byName.get(name.toLowerCase(Locale.ROOT));
    }

    /**
     * What CONFIG GET answers: an entry for each name that matches one of the patterns, in the order of the table. A name
     * that is asked for without wildcards comes back as it was written; aliases answer under their own name.
     */
    public List<Entry> get(List<Bytes> patterns) {
        Map<String, Entry> matches = new LinkedHashMap<>();
        for (Bytes pattern : patterns) {
            String text = pattern.toLatin1();
            String lower = text.toLowerCase(Locale.ROOT);
            Setting exact = byName.get(lower);
            if (exact != null) {
                matches.putIfAbsent(lower, new Entry(pattern.detached(), bytes(exact)));
            } else if (text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0) {
                match(pattern, matches);
            }
        }
        return List.copyOf(matches.values());
    }

    private void match(Bytes pattern, Map<String, Entry> matches) {
        byName.forEach((name, setting) -> {
            Bytes text = Bytes.of(name);
            if (!setting.row().hidden() && !matches.containsKey(name) && Glob.matches(pattern, text, true)) {
                matches.put(name, new Entry(text, bytes(setting)));
            }
        });
    }

    /**
     * CONFIG SET: reads and checks all the values, puts them in place, and runs the effects of those that differ from
     * before. If anything is refused, everything is as before.
     *
     * @param local whether the caller is on this machine, which {@code enable-protected-configs local} asks for
     * @return what is still to be done elsewhere; null if that is nothing
     */
    public @Nullable SettingsChange set(List<Entry> entries, boolean local) {
        if (underWay) {
            throw new CommandError("ERR CONFIG SET failed - another one is still moving the listeners, try again");
        }
        Map<String, Setting> chosen = choose(entries, local);
        Object[] before = values.clone();
        int index = 0;
        for (Map.Entry<String, Setting> each : chosen.entrySet()) {
            Setting setting = each.getValue();
            try {
                Object now = valueOf(setting);
                put(
                        setting,
                        read(
                                setting,
                                words(setting, entries.get(index++).value().toLatin1()),
                                now));
            } catch (SettingRefused refused) {
                restore(before);
                throw failed(each.getKey(), refused.reason());
            }
        }
        apply(chosen, before);
        given.addAll(chosen.values());
        warnOfThoseWithoutEffect();
        Map<String, Supplier<Runnable>> elsewhere = effectsElsewhere(chosen, before);
        return elsewhere.isEmpty() ? null : new SettingsChange(this, chosen, before, elsewhere);
    }

    private Map<String, Supplier<Runnable>> effectsElsewhere(Map<String, Setting> chosen, Object[] before) {
        Map<String, Supplier<Runnable>> changed = new LinkedHashMap<>();
        chosen.forEach((name, setting) -> {
            Supplier<Runnable> effect = effectsElsewhere.get(setting);
            if (effect != null && differs(setting, before)) {
                changed.put(name, effect);
            }
        });
        return changed;
    }

    private boolean differs(Setting setting, Object[] before) {
        return !valueOf(setting).equals(before[setting.ordinal()]);
    }

    void underWay(boolean is) {
        underWay = is;
    }

    /** The settings that the entries name, by the lower-case name that was used; refuses with the first thing wrong. */
    private Map<String, Setting> choose(List<Entry> entries, boolean local) {
        Map<String, Setting> chosen = LinkedHashMap.newLinkedHashMap(entries.size());
        for (Entry entry : entries) {
            String name = entry.name().toLatin1();
            Setting setting = find(name);
            if (setting == null) {
                throw new CommandError("ERR Unknown option or number of arguments for CONFIG SET - '" + name + "'");
            }
            if (setting.row().immutable()
                    && !(setting.isOurs() && bytes(setting).equals(entry.value()))) {
                throw failed(name, "can't set immutable config");
            }
            refuseIfProtected(setting, name, local);
            if (chosen.put(name.toLowerCase(Locale.ROOT), setting) != null) {
                throw failed(name, "duplicate parameter");
            }
        }
        return chosen;
    }

    private void refuseIfProtected(Setting setting, String name, boolean local) {
        String allowed = text(Setting.ENABLE_PROTECTED_CONFIGS);
        if (setting.row().guarded() && !allowed.equals("yes") && !(allowed.equals("local") && local)) {
            throw failed(name, "can't set protected config");
        }
    }

    static CommandError failed(String name, String reason) {
        return new CommandError("ERR CONFIG SET failed (possibly related to argument '" + name + "') - " + reason);
    }

    /** Runs each effect once, in the order of the parameters; the first that refuses undoes all. */
    private void apply(Map<String, Setting> chosen, Object[] before) {
        Set<Runnable> run = new LinkedHashSet<>();
        for (Map.Entry<String, Setting> each : chosen.entrySet()) {
            Setting setting = each.getValue();
            if (!differs(setting, before)) {
                continue;
            }
            for (Runnable effect : effects.getOrDefault(setting, List.of())) {
                if (!run.add(effect)) {
                    continue;
                }
                try {
                    effect.run();
                } catch (SettingRefused refused) {
                    warnOfFailure(each.getKey());
                    undo(run, before);
                    throw failed(each.getKey(), refused.reason());
                }
            }
        }
    }

    static void warnOfFailure(String name) {
        LOG.warn(
                "Failed applying new configuration. Possibly related to new {} setting. Restoring previous settings.",
                name);
    }

    /** As before, effects too. */
    void undo(Map<String, Setting> chosen, Object[] before) {
        Set<Runnable> run = new LinkedHashSet<>();
        for (Setting setting : chosen.values()) {
            if (differs(setting, before)) {
                run.addAll(effects.getOrDefault(setting, List.of()));
            }
        }
        undo(run, before);
    }

    private void undo(Set<Runnable> run, Object[] before) {
        restore(before);
        for (Runnable effect : run) {
            try {
                effect.run();
            } catch (SettingRefused refused) {
                warnOfFailedUndo(refused);
            }
        }
    }

    static void warnOfFailedUndo(SettingRefused refused) {
        LOG.warn("Failed applying restored failed CONFIG SET command: {}", refused.reason());
    }

    /**
     * Runs an effect after CONFIG SET changed the setting; it reads the new value here. An effect that several settings
     * share runs once a command. It may throw {@link SettingRefused}: then the old values are put back and it is run
     * again.
     */
    public void onChange(Setting setting, Runnable effect) {
        effects.computeIfAbsent(setting, s -> new ArrayList<>()).add(effect);
    }

    /**
     * The same for an effect that takes a moment: it reads the new value here, and what it returns runs elsewhere, after
     * all others. See {@link SettingsChange}.
     */
    public void onChangeElsewhere(Setting setting, Supplier<Runnable> effect) {
        effectsElsewhere.put(setting, effect);
    }

    /** Where warnings go: to the log, unless it is not open yet. */
    void warnTo(Consumer<String> warnings) {
        this.warnings = warnings;
    }

    void warnToLog() {
        this.warnings = LOG::warn;
    }

    /** Sets without asking whether it may change and without running effects: from the configuration. */
    void load(Setting setting, List<String> words) {
        Object before = valueOf(setting);
        Object line = read(setting, words, before);
        put(setting, given.add(setting) ? line : setting.row().kind().add(before, line));
    }

    /** Says once of each setting that is not the standard one and has no effect, that it has none. */
    void warnOfThoseWithoutEffect() {
        for (Setting setting : given) {
            Row row = setting.row();
            if (!row.applied()
                    && !valueOf(setting).equals(row.standard())
                    && !printed(setting).equals(row.quietAt())
                    && warnedOf.add(setting)) {
                warnings.accept("WARNING: '" + row.name() + "' is accepted, but has no effect in this version");
            }
        }
    }

    /** A value as the words that its kind reads. */
    static List<String> words(Setting setting, String value) {
        if (!setting.row().kind().manyWords()) {
            return List.of(value);
        }
        return value.isEmpty() ? List.of() : List.of(value.split(" ", -1));
    }

    private Object read(Setting setting, List<String> words, Object before) {
        return setting.row().kind().read(words, before, host);
    }

    private Object valueOf(Setting setting) {
        return values[setting.ordinal()];
    }

    private String printed(Setting setting) {
        return setting.row().kind().print(valueOf(setting));
    }

    private void put(Setting setting, Object value) {
        values[setting.ordinal()] = value;
        numbers[setting.ordinal()] = setting.row().kind().number(value);
    }

    private void restore(Object[] before) {
        for (Setting setting : Setting.values()) {
            put(setting, before[setting.ordinal()]);
        }
    }

    /** One character per byte of the text's UTF-8. */
    static String latin1(String text) {
        return isAscii(text) ? text : Bytes.of(text).toLatin1();
    }

    /** The text whose UTF-8 has these characters as its bytes. */
    static String decoded(String latin1) {
        return isAscii(latin1) ? latin1 : bytes(latin1).toString();
    }

    private static Bytes bytes(String latin1) {
        return Bytes.of(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }
}
