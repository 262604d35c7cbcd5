package dev.sluice.broker.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/**
 * The log: lines like Redis's on standard output, or appended to {@code logfile}. {@code loglevel} is that of our own
 * loggers; the libraries below say nothing less than warnings.
 *
 * <p>It is written in Java, for reading XML takes a tenth of the time to start. logback finds it as a service and asks it
 * only where the application that embeds the broker has no logback.xml of its own.
 */
@ConfiguratorRank(Logging.RANK)
public final class Logging extends ContextAwareBase implements Configurator {
    /** After a logback.xml, before logback's own last resort, which prints all that Netty and RSocket do. */
    static final int RANK = (ConfiguratorRank.FALLBACK + ConfiguratorRank.NOMINAL) / 2;

    private static final String OURS = "dev.sluice";

    /** Opens the log that the settings ask for, in place of whatever there was, and follows {@code loglevel}. */
    public static void open(Settings settings) {
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        loggers.reset();
        String path = settings.text(Setting.LOGFILE);
        direct(loggers, path.isEmpty() ? new ConsoleAppender<>() : file(path, settings.text(Setting.DIR)));
        Runnable level = () -> loggers.getLogger(OURS).setLevel(level(settings.text(Setting.LOGLEVEL)));
        level.run();
        settings.onChange(Setting.LOGLEVEL, level);
    }

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        direct(loggers, new ConsoleAppender<>());
        loggers.getLogger(OURS).setLevel(Level.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static FileAppender<ILoggingEvent> file(String path, String directory) {
        FileAppender<ILoggingEvent> file = new FileAppender<>();
        file.setFile(path.startsWith("/") ? path : directory + "/" + path);
        return file;
    }

    private static void direct(LoggerContext loggers, OutputStreamAppender<ILoggingEvent> appender) {
        LogLine line = new LogLine(ProcessHandle.current().pid());
        line.setContext(loggers);
        line.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(loggers);
        encoder.setLayout(line);
        encoder.start();
        appender.setContext(loggers);
        appender.setEncoder(encoder);
        appender.start();
        Logger root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
    }

    private static Level level(String loglevel) {
        return switch (loglevel) {
            case "debug" -> Level.TRACE;
            case "verbose" -> Level.DEBUG;
            case "warning" -> Level.WARN;
            default -> Level.INFO;
        };
    }
}
