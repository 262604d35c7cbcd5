package dev.sluice.broker.config;

import dev.sluice.streams.message.CommandError;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The rest of a CONFIG SET with effects that take a moment, such as closing one listener and opening another. The values
 * are in place; what they cause is to run away from the keyspace loop, to which all methods here belong. Between
 * {@link #begin} and {@link #end} there is no other CONFIG SET.
 */
public final class SettingsChange {
    private final Settings settings;
    private final Map<String, Setting> chosen;
    private final Object[] before;
    private final Map<String, Supplier<Runnable>> effects;

    /**
     * @param chosen all settings of the command, by the names that it has for them
     * @param before the values of all settings there are
     * @param effects those that are to run elsewhere, by the same names
     */
    SettingsChange(
            Settings settings, Map<String, Setting> chosen, Object[] before, Map<String, Supplier<Runnable>> effects) {
        this.settings = settings;
        this.chosen = chosen;
        this.before = before;
        this.effects = effects;
    }

    /** What to run elsewhere; it throws {@link CommandError} when an effect is refused, and then all is to be undone. */
    public Runnable begin() {
        settings.underWay(true);
        Map<String, Runnable> ready = ready();
        return () -> ready.forEach((name, effect) -> {
            try {
                effect.run();
            } catch (SettingRefused refused) {
                Settings.warnOfFailure(name);
                throw Settings.failed(name, refused.reason());
            }
        });
    }

    /** Puts the values back, and undoes the effects that are here; to run elsewhere: what undoes those that are there. */
    public Runnable undo() {
        settings.undo(chosen, before);
        Map<String, Runnable> ready = ready();
        return () -> ready.values().forEach(effect -> {
            try {
                effect.run();
            } catch (SettingRefused refused) {
                Settings.warnOfFailedUndo(refused);
            }
        });
    }

    /** Whatever came of it. */
    public void end() {
        settings.underWay(false);
    }

    /** With the values that are in place now. */
    private Map<String, Runnable> ready() {
        Map<String, Runnable> ready = new LinkedHashMap<>();
        effects.forEach((name, effect) -> ready.put(name, effect.get()));
        return ready;
    }
}
