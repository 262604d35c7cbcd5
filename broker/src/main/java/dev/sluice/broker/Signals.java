package dev.sluice.broker;

import dev.sluice.broker.commands.Persistence;
import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT end the process as they end redis-server: where the data cannot be saved the broker goes on. A JVM's
 * shutdown hook could not go on, and is not told which signal it was.
 */
final class Signals {
    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private final Settings settings;
    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile @Nullable Broker broker;

    Signals(Settings settings) {
        this.settings = settings;
    }

    /** From here on they are handled; until there is a broker they end the process at once. */
    void handle() {
        Signal.handle(new Signal("TERM"), signal -> end("SIGTERM", Setting.SHUTDOWN_ON_SIGTERM));
        Signal.handle(new Signal("INT"), signal -> interrupted());
    }

    /** What is to be shut down. */
    void broker(Broker started) {
        broker = started;
    }

    private void interrupted() {
        if (ending.get()) {
            log.warn("You insist... exiting now.");
            Runtime.getRuntime().halt(1);
        }
        end("SIGINT", Setting.SHUTDOWN_ON_SIGINT);
    }

    private void end(String signal, Setting how) {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        Broker running = broker;
        if (running == null) {
            log.warn("Received shutdown signal during loading, exiting now.");
            Runtime.getRuntime().halt(0);
            return;
        }
        log.warn("Received {} scheduling shutdown...", signal);
        log.info("User requested shutdown...");
        if (!running.shutDown(ending(how))) {
            log.warn(
                    "{} received but errors trying to shut down the server, check the logs for more information",
                    signal);
            ending.set(false);
        }
    }

    private Persistence.Ending ending(Setting how) {
        List<String> words = List.of(settings.text(how).split(" "));
        return new Persistence.Ending(words.contains("save"), words.contains("nosave"), words.contains("force"));
    }
}
