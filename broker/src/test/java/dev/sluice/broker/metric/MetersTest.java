package dev.sluice.broker.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetersTest {
    private static final Pattern NAME = Pattern.compile("sluice(\\.[a-z]+){2,3}");

    private final Map<String, Long> calls = new TreeMap<>(Map.of("get", 3L));
    private final List<Runnable> scraper = new ArrayList<>();
    private int copies;
    private final Meters meters = new Meters(Runnable::run, scraper::add, into -> {
        copies++;
        calls.forEach((name, count) -> into.put(Meter.COMMAND_CALLS, count, name));
        into.put(Meter.UPTIME, 1.5);
    });

    @AfterEach
    void close() {
        meters.close();
        runScraper();
    }

    private void runScraper() {
        List.copyOf(scraper).forEach(Runnable::run);
        scraper.clear();
    }

    private String scrape() {
        List<String> text = new ArrayList<>();
        meters.scrape().subscribe(text::add);
        runScraper();
        return text.getFirst();
    }

    @Test
    void figuresAreShownAsPrometheusReadsThem() {
        assertThat(scrape().lines())
                .contains(
                        "# HELP sluice_commands_calls_total Commands that ran.",
                        "# TYPE sluice_commands_calls_total counter",
                        "sluice_commands_calls_total{command=\"get\"} 3.0",
                        "sluice_process_uptime_seconds 1.5");
        calls.put("get", 4L);
        calls.put("set", 1L);
        assertThat(scrape().lines())
                .contains(
                        "sluice_commands_calls_total{command=\"get\"} 4.0",
                        "sluice_commands_calls_total{command=\"set\"} 1.0");
    }

    @Test
    void whatIsNotMeasuredAnyMoreIsZero() {
        scrape();
        calls.clear();
        assertThat(scrape().lines()).contains("sluice_commands_calls_total{command=\"get\"} 0.0");
    }

    @Test
    void theVirtualMachineIsMeasuredToo() {
        assertThat(scrape())
                .contains("jvm_memory_used_bytes{")
                .contains("jvm_threads_live_threads ")
                .contains("jvm_gc_");
    }

    @Test
    void whoAsksMeanwhileSharesTheAnswer() {
        List<String> texts = new ArrayList<>();
        meters.scrape().subscribe(texts::add);
        meters.scrape().subscribe(texts::add);
        assertThat(scraper).hasSize(1);
        runScraper();
        assertThat(texts).hasSize(2);
        assertThat(copies).isEqualTo(1);
        scrape();
        assertThat(copies).isEqualTo(2);
    }

    @Test
    void aFigureHasAllTagsOfItsMeter() {
        assertThatThrownBy(() -> new Measures().put(Meter.COMMAND_CALLS, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesFollowTheRuleAndAreUnique() {
        List<String> names = new ArrayList<>();
        for (Meter meter : Meter.values()) {
            assertThat(meter.text()).matches(NAME);
            assertThat(meter.description()).endsWith(".");
            names.add(meter.text());
        }
        assertThat(names).doesNotHaveDuplicates();
    }
}
