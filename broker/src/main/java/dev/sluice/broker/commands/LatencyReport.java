package dev.sluice.broker.commands;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.metric.LatencyMonitor;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** LATENCY DOCTOR: what was seen, and what can be done about it. */
final class LatencyReport {
    private LatencyReport() {}

    static String of(LatencyMonitor monitor, Settings settings) {
        long threshold = settings.number(Setting.LATENCY_MONITOR_THRESHOLD);
        if (monitor.events().isEmpty()) {
            return threshold == 0
                    ? "Latency monitoring is off. Switch it on with CONFIG SET latency-monitor-threshold"
                            + " <milliseconds>.\n"
                    : "Nothing took " + threshold + " ms or longer so far.\n";
        }
        StringBuilder text = new StringBuilder("These events took long:\n\n");
        Set<String> advice = new LinkedHashSet<>();
        int number = 0;
        for (Map.Entry<String, LatencyMonitor.Series> event : monitor.events().entrySet()) {
            describe(++number, event.getKey(), event.getValue(), text);
            advise(event.getKey(), settings, advice);
        }
        text.append("\nWhat may help:\n\n");
        advice.forEach(each -> text.append("- ").append(each).append('\n'));
        return text.toString();
    }

    private static void describe(int number, String event, LatencyMonitor.Series series, StringBuilder text) {
        text.append(number).append(". ").append(event).append(": ");
        text.append(series.samples().size()).append(" samples (mean ").append(series.meanMs());
        text.append(" ms, mean deviation ").append(series.meanDeviationMs());
        text.append(" ms), worst of all ").append(series.worstMs()).append(" ms.\n");
    }

    private static void advise(String event, Settings settings, Set<String> advice) {
        switch (event) {
            case "command" -> {
                long slower = settings.number(Setting.SLOWLOG_LOG_SLOWER_THAN);
                long threshold = settings.number(Setting.LATENCY_MONITOR_THRESHOLD) * 1000;
                if (slower < 0 || slower > threshold) {
                    advice.add("Let the slow log see these commands: CONFIG SET slowlog-log-slower-than " + threshold
                            + ".");
                }
                advice.add("SLOWLOG GET shows which commands were slow, and with what arguments.");
                advice.add("Commands on very large values take long: split such values, or ask for parts.");
            }
            case "fast-command" ->
                advice.add("Commands that do little took long: the process was kept from running. Look for pauses of"
                        + " the collector, for other load on the machine, and for a machine that is shared.");
            case "expire-cycle" -> advice.add("Many keys, or very large ones, expire at once: spread their times.");
            case "loop-lag" ->
                advice.add("The loop came late to its timers: what it did before took long, or the process was kept"
                        + " from running.");
            case "command-unblocking" -> advice.add("What waiting clients were given took long to make.");
            default -> advice.add("There is nothing known that helps against " + event + ".");
        }
    }
}
