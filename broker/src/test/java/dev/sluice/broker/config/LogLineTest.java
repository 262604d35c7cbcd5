package dev.sluice.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LogLineTest {
    private final LogLine layout = new LogLine(4711, ZoneOffset.UTC);

    private static LoggingEvent event(Level level, String message, Object... arguments) {
        LoggingEvent event = new LoggingEvent();
        event.setLevel(level);
        event.setMessage(message);
        event.setArgumentArray(arguments);
        event.setInstant(Instant.parse("2026-11-01T02:07:53.046Z"));
        return event;
    }

    @Test
    void readsAsALineOfRedis() {
        assertThat(layout.doLayout(event(Level.INFO, "Ready to accept {}", "connections")))
                .isEqualTo("4711:M 01 Nov 2026 02:07:53.046 * Ready to accept connections\n");
    }

    @Test
    void levelsHaveTheSignsOfRedis() {
        assertThat(layout.doLayout(event(Level.TRACE, "x"))).endsWith(" . x\n");
        assertThat(layout.doLayout(event(Level.DEBUG, "x"))).endsWith(" - x\n");
        assertThat(layout.doLayout(event(Level.WARN, "x"))).endsWith(" # x\n");
        assertThat(layout.doLayout(event(Level.ERROR, "x"))).endsWith(" # x\n");
    }

    @Test
    void anExceptionFollowsWithItsTrace() {
        LoggingEvent event = event(Level.ERROR, "x");
        event.setThrowableProxy(new ch.qos.logback.classic.spi.ThrowableProxy(new IllegalStateException("boom")));
        assertThat(layout.doLayout(event)).contains("# x\njava.lang.IllegalStateException: boom\n\tat ");
    }
}
