package dev.sluice.broker.commands;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.config.Rewriting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.session.Users;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** CONFIG REWRITE, and DEBUG CONFIG-REWRITE-FORCE-ALL, which leaves no parameter out. */
final class ConfigRewriting {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigRewriting.class);

    private final Settings settings;
    private final Users users;
    private final Aside aside;

    ConfigRewriting(Settings settings, Users users, Aside aside) {
        this.settings = settings;
        this.users = users;
        this.aside = aside;
    }

    Reply run(Call call, boolean all) {
        if (settings.file().isEmpty()) {
            throw new CommandError("ERR The server is running without a config file");
        }
        Rewriting rewriting = settings.rewriting(users.describe(), all);
        // Nothing waits inside a transaction, and a configuration file is small.
        return call.mayWait() ? Reply.later(aside.run(() -> rewrite(rewriting))) : rewrite(rewriting);
    }

    private static Reply rewrite(Rewriting rewriting) {
        try {
            rewriting.run();
            LOG.warn("CONFIG REWRITE executed with success.");
            return Reply.Status.OK;
        } catch (IOException failed) {
            LOG.warn("CONFIG REWRITE failed: {}", failed.getMessage());
            return new Reply.Failure("ERR Rewriting config file: " + failed.getMessage());
        }
    }
}
