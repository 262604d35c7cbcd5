package dev.sluice.broker;

import dev.sluice.broker.commands.MemoryFigures;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.broker.metric.InfoText;
import dev.sluice.broker.metric.MemoryUse;
import java.util.function.Supplier;

/** The broker's memory as MEMORY shows it. */
final class BrokerMemory implements MemoryFigures {
    private final ExtentPool extents;
    private final Keyspace keyspace;
    private final Supplier<MemoryUse> use;

    BrokerMemory(ExtentPool extents, Keyspace keyspace, Supplier<MemoryUse> use) {
        this.extents = extents;
        this.keyspace = keyspace;
        this.use = use;
    }

    @Override
    public MemoryUse use() {
        return use.get();
    }

    @Override
    public void purge() {
        extents.purge();
    }

    @Override
    public String arenas() {
        StringBuilder text = new StringBuilder(256);
        text.append("Bytes. An arena takes extents from the pool and cuts blocks from them; the pool maps chunks.\n\n");
        line(text, "chunks", extents.chunks());
        line(text, "held in chunks", extents.bytesHeld());
        line(text, "limit of arenas", extents.maxBytes());
        both(text, "all arenas", extents.bytesUsed(), extents.bytesReserved());
        for (Database database : keyspace.databases()) {
            if (database.bytesReserved() > 0) {
                both(text, "db" + database.index(), database.bytesUsed(), database.bytesReserved());
                line(text, "db" + database.index() + " table", database.tableBytes());
            }
        }
        return text.toString();
    }

    private static void both(StringBuilder text, String name, long used, long reserved) {
        line(text, name + " used", used);
        line(text, name + " reserved", reserved);
        double idle = reserved == 0 ? 0 : 1 - (double) used / reserved;
        text.append(name)
                .append(" idle: ")
                .append(InfoText.decimal(idle * 100, 2))
                .append("%\n");
    }

    private static void line(StringBuilder text, String name, long value) {
        text.append(name).append(": ").append(value).append('\n');
    }
}
