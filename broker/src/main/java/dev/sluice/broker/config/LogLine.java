package dev.sluice.broker.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/** A line as Redis logs it: {@code 4711:M 21 Nov 2026 02:57:53.646 * Ready to accept connections}. */
final class LogLine extends LayoutBase<ILoggingEvent> {
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    private final long pid;
    private final ZoneId zone;

    LogLine(long pid) {
        this(pid, ZoneId.systemDefault());
    }

    LogLine(long pid, ZoneId zone) {
        this.pid = pid;
        this.zone = zone;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(128).append(pid).append(":M ");
        time(event.getInstant().atZone(zone), line);
        line.append(' ').append(sign(event.getLevel())).append(' ');
        line.append(event.getFormattedMessage()).append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line.toString();
    }

    private static void time(ZonedDateTime time, StringBuilder line) {
        padded(time.getDayOfMonth(), 2, line);
        line.append(' ')
                .append(MONTHS[time.getMonthValue() - 1])
                .append(' ')
                .append(time.getYear())
                .append(' ');
        padded(time.getHour(), 2, line);
        line.append(':');
        padded(time.getMinute(), 2, line);
        line.append(':');
        padded(time.getSecond(), 2, line);
        line.append('.');
        padded(time.getNano() / 1_000_000, 3, line);
    }

    private static void padded(int number, int digits, StringBuilder line) {
        String text = Integer.toString(number);
        line.repeat('0', digits - text.length()).append(text);
    }

    /** Debug, verbose, notice, warning. */
    private static char sign(Level level) {
        return switch (level.toInt()) {
            case Level.TRACE_INT -> '.';
            case Level.DEBUG_INT -> '-';
            case Level.INFO_INT -> '*';
            default -> '#';
        };
    }
}
