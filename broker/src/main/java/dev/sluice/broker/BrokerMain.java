package dev.sluice.broker;

import dev.sluice.broker.commands.Persistence;
import dev.sluice.broker.config.CommandLine;
import dev.sluice.broker.config.Logging;
import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process: arguments in, exit code out. */
public final class BrokerMain {
    private static final long RETRY_MS = 1000;

    private BrokerMain() {}

    public static void main(String[] arguments) {
        switch (CommandLine.read(List.of(arguments), new LocalHost())) {
            case CommandLine.Exit(int code, String text) -> exit(code, text);
            case CommandLine.Start start -> start(start);
        }
    }

    private static void exit(int code, String text) {
        (code == 0 ? System.out : System.err).println(text);
        System.exit(code);
    }

    private static void start(CommandLine.Start start) {
        Logging.open(start.settings());
        Logger log = LoggerFactory.getLogger(BrokerMain.class);
        log.info("Sluice is starting");
        start.warnings().forEach(log::warn);
        Broker broker = open(start.settings(), log);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform()
                        .name("sluice-signal")
                        .unstarted(() -> stop(broker, ending(start.settings()), log)));
        log.info("Ready to accept connections: {}", broker.describe());
        broker.onStop().block();
        System.exit(0);
    }

    /** SIGTERM, SIGINT and SHUTDOWN all end here; an orderly end is exit code 0, as with redis-server. */
    private static void stop(Broker broker, Persistence.Ending ending, Logger log) {
        log.info("User requested shutdown...");
        while (!broker.shutDown(ending)) {
            pause(); // this is the end of the process: all it can do is to try again until it is killed
        }
        log.info("Sluice is now ready to exit, bye bye...");
        Runtime.getRuntime().halt(0);
    }

    private static Persistence.Ending ending(Settings settings) {
        List<String> words = List.of(settings.text(Setting.SHUTDOWN_ON_SIGTERM).split(" "));
        return new Persistence.Ending(words.contains("save"), words.contains("nosave"), words.contains("force"));
    }

    private static void pause() {
        try {
            Thread.sleep(RETRY_MS);
        } catch (InterruptedException now) {
            Thread.currentThread().interrupt();
        }
    }

    private static Broker open(Settings settings, Logger log) {
        try {
            return Broker.start(settings, Ports.of(settings));
        } catch (StartRefused refused) {
            log.error("{}", refused.getMessage());
            System.exit(1);
            throw refused;
        }
    }
}
