package dev.sluice.broker;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.dispatch.AdmissionPolicy;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Users;
import org.jspecify.annotations.Nullable;

/** What the settings say about who may run what. */
record Rules(Settings settings, Users users, Storage storage) implements AdmissionPolicy {
    /** What of the data on disk decides what may run. */
    interface Storage {
        /** As {@link AdmissionPolicy#writesRefused}. */
        @Nullable
        String writesRefused();

        /** As {@link AdmissionPolicy#isLoading}. */
        boolean isLoading();
    }

    @Override
    public boolean authenticationRequired() {
        return users.hasPassword();
    }

    @Override
    public boolean debugAllowed(Session session) {
        return allows(Setting.ENABLE_DEBUG_COMMAND, session);
    }

    @Override
    public boolean modulesAllowed(Session session) {
        return allows(Setting.ENABLE_MODULE_COMMAND, session);
    }

    @Override
    public @Nullable String writesRefused() {
        return storage.writesRefused();
    }

    @Override
    public boolean isLoading() {
        return storage.isLoading();
    }

    private boolean allows(Setting setting, Session session) {
        return switch (settings.text(setting)) {
            case "yes" -> true;
            case "local" -> session.connection().isLocal();
            default -> false;
        };
    }
}
