package dev.sluice.broker;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.dispatch.AdmissionPolicy;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.Users;

/** What the settings say about who may run what. */
record Rules(Settings settings, Users users) implements AdmissionPolicy {
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

    private boolean allows(Setting setting, Session session) {
        return switch (settings.text(setting)) {
            case "yes" -> true;
            case "local" -> session.connection().isLocal();
            default -> false;
        };
    }
}
