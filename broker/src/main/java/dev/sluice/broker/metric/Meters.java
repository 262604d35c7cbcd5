package dev.sluice.broker.metric;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The meters. Nothing is recorded for them as commands run: they read the counts that are kept anyway, when somebody
 * asks. The figures are copied on the loop that owns them, in one turn and so of one moment; meters are registered, and
 * their text is made, on another thread, because the first time takes tenths of a second.
 */
public final class Meters implements AutoCloseable {
    private final Consumer<Runnable> loop;
    private final Executor scraper;
    private final Consumer<Measures> sources;
    private @Nullable Mono<String> current; // on the loop

    // On the scraper's thread.
    private @Nullable PrometheusMeterRegistry registry;
    private @Nullable JvmGcMetrics pauses;
    private final Map<Measures.Series, Figure> figures = new HashMap<>();

    /** The last value of a series. */
    private static final class Figure {
        private double value;

        double value() {
            return value;
        }
    }

    /**
     * @param loop runs something on the loop that owns the figures
     * @param scraper a single thread
     * @param sources copies all figures, on the loop
     */
    public Meters(Consumer<Runnable> loop, Executor scraper, Consumer<Measures> sources) {
        this.loop = loop;
        this.scraper = scraper;
        this.sources = sources;
    }

    /** All figures in Prometheus's text format; who asks while it is being made shares it. */
    public Mono<String> scrape() {
        return Mono.create(sink -> loop.accept(() -> shared().subscribe(sink::success, sink::error)));
    }

    private Mono<String> shared() {
        Mono<String> running = current;
        if (running == null) {
            running = Mono.create(this::begin).cache();
            current = running;
        }
        return running;
    }

    private void begin(MonoSink<String> sink) {
        Measures measures = new Measures();
        sources.accept(measures);
        scraper.execute(() -> {
            try {
                sink.success(text(measures));
            } catch (RuntimeException failed) {
                sink.error(failed);
            } finally {
                loop.accept(() -> current = null);
            }
        });
    }

    private String text(Measures measures) {
        PrometheusMeterRegistry open = registry == null ? open() : registry;
        figures.values().forEach(figure -> figure.value = 0); // what is not measured any more
        for (Measures.Measure measure : measures.all()) {
            figures.computeIfAbsent(measure.series(), series -> register(open, series)).value = measure.value();
        }
        return open.scrape();
    }

    private PrometheusMeterRegistry open() {
        PrometheusMeterRegistry opened = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry = opened;
        new JvmMemoryMetrics().bindTo(opened);
        new JvmThreadMetrics().bindTo(opened);
        pauses = new JvmGcMetrics();
        pauses.bindTo(opened);
        return opened;
    }

    private static Figure register(PrometheusMeterRegistry registry, Measures.Series series) {
        Meter meter = series.meter();
        Figure figure = new Figure();
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < series.tags().size(); i++) {
            tags.add(Tag.of(meter.tags().get(i), series.tags().get(i)));
        }
        switch (meter.kind()) {
            case COUNTER ->
                FunctionCounter.builder(meter.text(), figure, Figure::value)
                        .description(meter.description())
                        .tags(tags)
                        .register(registry);
            case GAUGE ->
                Gauge.builder(meter.text(), figure, Figure::value)
                        .description(meter.description())
                        .tags(tags)
                        .register(registry);
        }
        return figure;
    }

    /** Ends what listens to the virtual machine; to be called when no scrape can begin any more. */
    @Override
    public void close() {
        scraper.execute(() -> {
            if (pauses != null) {
                pauses.close();
            }
            if (registry != null) {
                registry.close();
            }
        });
    }
}
