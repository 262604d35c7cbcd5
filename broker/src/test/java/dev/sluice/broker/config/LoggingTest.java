package dev.sluice.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.sluice.broker.config.Settings.Entry;
import dev.sluice.streams.message.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
    private final LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger ours = LoggerFactory.getLogger("dev.sluice.some");
    private final Logger library = LoggerFactory.getLogger("io.rsocket");

    @TempDir
    private Path directory;

    @AfterEach
    void backToTheConsole() {
        loggers.reset();
        new Logging().configure(loggers);
    }

    @Test
    void writesToTheLogFileWhatTheLevelAsksFor() throws IOException {
        Path file = directory.resolve("sluice.log");
        Settings settings = Settings.of("logfile", file.toString());
        Logging.open(settings);
        ours.debug("hidden");
        ours.info("shown");
        library.info("hidden too");
        library.warn("trouble");
        settings.set(List.of(new Entry(Bytes.of("loglevel"), Bytes.of("verbose"))), true);
        ours.debug("now shown");
        settings.set(List.of(new Entry(Bytes.of("loglevel"), Bytes.of("warning"))), true);
        ours.info("now hidden");
        String head = ProcessHandle.current().pid() + ":M \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{3} ";
        assertThat(Files.readString(file))
                .matches(head + "\\* shown\n" + head + "# trouble\n" + head + "- now shown\n");
    }

    @Test
    void anEmbeddedBrokerKeepsLibrariesQuiet() {
        loggers.reset();
        new Logging().configure(loggers);
        assertThat(loggers.getLogger("io.rsocket").getEffectiveLevel()).isEqualTo(Level.WARN);
        assertThat(loggers.getLogger("dev.sluice.some").getEffectiveLevel()).isEqualTo(Level.INFO);
    }
}
