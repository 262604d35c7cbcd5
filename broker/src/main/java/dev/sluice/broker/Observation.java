package dev.sluice.broker;

import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Flag;
import dev.sluice.broker.command.Secrets;
import dev.sluice.broker.commands.CommandTable;
import dev.sluice.broker.commands.Histograms;
import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.dispatch.CallObserver;
import dev.sluice.broker.dispatch.CommandStatistics;
import dev.sluice.broker.dispatch.Dispatcher;
import dev.sluice.broker.metric.LatencyMonitor;
import dev.sluice.broker.metric.SlowLog;
import dev.sluice.broker.seam.Time;
import dev.sluice.broker.session.Monitors;
import dev.sluice.broker.session.Session;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What an operator sees of calls as they end: MONITOR, the slow log, latency events. The dispatcher asks for it only
 * from the shortest duration on that one of them is interested in, so that it costs a comparison while nothing is slow.
 */
final class Observation implements CallObserver {
    private static final Bytes REDACTED = Bytes.of("(redacted)");
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;

    private final SlowLog slowLog = new SlowLog();
    private final LatencyMonitor latency = new LatencyMonitor();
    private final Monitors monitors = new Monitors();
    private final Settings settings;
    private final Time time;

    Observation(Settings settings, Time time) {
        this.settings = settings;
        this.time = time;
    }

    /** What the commands read of it; the statistics are there once a command runs. */
    CommandTable.Observed forCommands(Supplier<CommandStatistics> statistics) {
        Histograms histograms = new Histograms() {
            @Override
            public long calls(Command command) {
                return statistics.get().row(command).timed();
            }

            @Override
            public long atMost(Command command, long nanos) {
                return statistics.get().row(command).atMost(nanos);
            }
        };
        return new CommandTable.Observed(slowLog, latency, monitors, histograms);
    }

    /** Observes from now on, as the settings say. */
    void begin(Dispatcher dispatcher, CommandStatistics statistics) {
        dispatcher.observe(this);
        Runnable aim = () -> dispatcher.observeFrom(fromNanos());
        settings.onChange(Setting.SLOWLOG_LOG_SLOWER_THAN, aim);
        settings.onChange(Setting.LATENCY_MONITOR_THRESHOLD, aim);
        monitors.onChange(aim);
        aim.run();
        Runnable track = () -> statistics.track(settings.isOn(Setting.LATENCY_TRACKING));
        settings.onChange(Setting.LATENCY_TRACKING, track);
        track.run();
    }

    private long fromNanos() {
        long slowMicros = settings.number(Setting.SLOWLOG_LOG_SLOWER_THAN);
        long latencyMs = settings.number(Setting.LATENCY_MONITOR_THRESHOLD);
        long slow = slowMicros < 0 ? Long.MAX_VALUE : times(slowMicros, MICRO);
        long late = latencyMs == 0 ? Long.MAX_VALUE : times(latencyMs, MILLI);
        return monitors.isEmpty() ? Math.min(slow, late) : 0;
    }

    private static long times(long value, long unit) {
        return value > Long.MAX_VALUE / unit ? Long.MAX_VALUE : value * unit;
    }

    @Override
    public Reply ended(Session session, Command command, Request request, long nanos, boolean nested, Reply reply) {
        if (command.has(Flag.UNSEEN)) {
            return reply;
        }
        latencyEvent(command.has(Flag.FAST) ? "fast-command" : "command", nanos);
        if (!(reply instanceof Reply.Later)) {
            slow(session, command, request, nanos);
        }
        boolean hidden = command.has(Flag.ADMIN) || command.has(Flag.SKIP_MONITOR);
        return hidden || monitors.isEmpty() ? reply : monitored(session, command, request, nested, reply);
    }

    @Override
    public void served(Session session, Command command, Request request, long nanos, long servingNanos) {
        slow(session, command, request, nanos);
        latencyEvent("command-unblocking", servingNanos);
    }

    /** Something took so long; kept if that is long enough. */
    void latencyEvent(String event, long nanos) {
        long threshold = settings.number(Setting.LATENCY_MONITOR_THRESHOLD);
        if (threshold > 0 && nanos / MILLI >= threshold) {
            latency.add(event, time.epochMillis() / 1000, nanos / MILLI);
        }
    }

    private void slow(Session session, Command command, Request request, long nanos) {
        long slowMicros = settings.number(Setting.SLOWLOG_LOG_SLOWER_THAN);
        if (slowMicros >= 0 && nanos / MICRO >= slowMicros && !command.has(Flag.SKIP_SLOWLOG)) {
            slowLog.add(
                    time.epochMillis() / 1000,
                    nanos / MICRO,
                    shortened(command.secrets(), request),
                    session.connection().address(),
                    session.name(),
                    settings.number(Setting.SLOWLOG_MAX_LEN));
        }
    }

    private static List<Bytes> shortened(Secrets secrets, Request request) {
        boolean whole = request.size() <= SlowLog.ARGUMENTS_MAX;
        int count = whole ? request.size() : SlowLog.ARGUMENTS_MAX - 1;
        List<Bytes> arguments = new ArrayList<>(count + 1);
        for (int i = 0; i < count; i++) {
            arguments.add(secrets.hides(request, i) ? REDACTED : shortened(request.argument(i)));
        }
        if (!whole) {
            arguments.add(Bytes.of("... (" + (request.size() - count) + " more arguments)"));
        }
        return arguments;
    }

    private static Bytes shortened(Bytes argument) {
        int rest = argument.length() - SlowLog.ARGUMENT_BYTES_MAX;
        if (rest <= 0) {
            return Bytes.of(argument.toArray());
        }
        Bytes tail = Bytes.of("... (" + rest + " more bytes)");
        byte[] kept = new byte[SlowLog.ARGUMENT_BYTES_MAX + tail.length()];
        System.arraycopy(argument.array(), argument.offset(), kept, 0, SlowLog.ARGUMENT_BYTES_MAX);
        System.arraycopy(tail.array(), tail.offset(), kept, SlowLog.ARGUMENT_BYTES_MAX, tail.length());
        return Bytes.of(kept);
    }

    /** A monitor sees its own line after its reply. */
    private Reply monitored(Session session, Command command, Request request, boolean nested, Reply reply) {
        if (!monitors.anyLeft()) {
            return reply;
        }
        String line = MonitorLine.of(time.epochMicros(), session, command.secrets(), request);
        boolean own = session.isMonitor() && !nested;
        monitors.show(line, own ? session : null);
        return own ? new Reply.Sequence(List.of(reply, new Reply.Status(line))) : reply;
    }
}
