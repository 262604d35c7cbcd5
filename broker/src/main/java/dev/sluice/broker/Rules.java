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
        return switch (settings.text(Setting.ENABLE_DEBUG_COMMAND)) {
            case "yes" -> true;
            case "local" -> session.connection().isLocal();
            default -> false;
        };
    }
}
