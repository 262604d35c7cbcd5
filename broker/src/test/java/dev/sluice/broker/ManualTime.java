package dev.sluice.broker;

import dev.sluice.broker.seam.Time;
import dev.sluice.broker.seam.Timer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import reactor.core.Disposable;

/** Clocks that stand until they are told how much time has passed. */
public final class ManualTime implements Time, Timer {
    private record Due(long atMs, Runnable what) {}

    private final List<Due> due = new ArrayList<>();
    private long nowMs;

    public ManualTime(long startMs) {
        nowMs = startMs;
    }

    @Override
    public long epochMillis() {
        return nowMs;
    }

    @Override
    public long nanos() {
        return nowMs * 1_000_000;
    }

    @Override
    public Disposable after(long delayMs, Runnable what) {
        Due entry = new Due(nowMs + delayMs, what);
        due.add(entry);
        return () -> due.remove(entry);
    }

    /** Goes forward; what is due on the way runs at its time. */
    public void pass(long ms) {
        long end = nowMs + ms;
        while (true) {
            Due next = due.stream()
                    .filter(each -> each.atMs() <= end)
                    .min(Comparator.comparingLong(Due::atMs))
                    .orElse(null);
            if (next == null) {
                nowMs = end;
                return;
            }
            due.remove(next);
            nowMs = Math.max(nowMs, next.atMs());
            next.what().run();
        }
    }
}
