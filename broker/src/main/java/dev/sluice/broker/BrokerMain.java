package dev.sluice.broker;

import dev.sluice.broker.config.CommandLine;
import dev.sluice.broker.config.Logging;
import dev.sluice.broker.config.Settings;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process: arguments in, exit code out. */
public final class BrokerMain {
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
        Signals signals = new Signals(start.settings());
        signals.handle();
        Broker broker = open(start.settings(), log);
        signals.broker(broker);
        log.info("Ready to accept connections: {}", broker.describe());
        broker.onStop().block();
        log.info("Sluice is now ready to exit, bye bye...");
        System.exit(0);
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
