package dev.sluice.broker;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.keyspace.AccessClock;
import dev.sluice.broker.keyspace.CollectionViews;
import dev.sluice.broker.keyspace.Eviction;
import dev.sluice.broker.session.ClientMemory;

/**
 * Settings that parts of the broker keep in a form of their own: they are told at the start, and whenever CONFIG SET
 * changes one.
 */
final class SettingsInForce {
    private final Settings settings;

    SettingsInForce(Settings settings) {
        this.settings = settings;
    }

    void notifications(Notifications notifications) {
        follow(() -> notifications.publish(settings.keyspaceEvents()), Setting.NOTIFY_KEYSPACE_EVENTS);
    }

    void accesses(AccessClock accesses) {
        follow(
                () -> accesses.policy(
                        settings.text(Setting.MAXMEMORY_POLICY).endsWith("lfu"),
                        settings.integer(Setting.LFU_LOG_FACTOR),
                        settings.integer(Setting.LFU_DECAY_TIME)),
                Setting.MAXMEMORY_POLICY,
                Setting.LFU_LOG_FACTOR,
                Setting.LFU_DECAY_TIME);
    }

    /** The limit holds for what is in memory by now, so that is looked at before. */
    void memory(Eviction eviction, Figures figures) {
        follow(
                () -> {
                    figures.sample();
                    eviction.limit(
                            settings.number(Setting.MAXMEMORY),
                            Eviction.Policy.named(settings.text(Setting.MAXMEMORY_POLICY)),
                            settings.integer(Setting.MAXMEMORY_SAMPLES),
                            settings.integer(Setting.MAXMEMORY_EVICTION_TENACITY));
                },
                Setting.MAXMEMORY,
                Setting.MAXMEMORY_POLICY,
                Setting.MAXMEMORY_SAMPLES,
                Setting.MAXMEMORY_EVICTION_TENACITY);
    }

    void clients(ClientMemory clients) {
        follow(
                () -> {
                    long maxmemory = settings.number(Setting.MAXMEMORY);
                    clients.limit(
                            ClientMemory.bytesMax(settings.number(Setting.MAXMEMORY_CLIENTS), maxmemory),
                            maxmemory != 0);
                },
                Setting.MAXMEMORY_CLIENTS,
                Setting.MAXMEMORY);
    }

    /** Up to which size collections are kept packed. */
    void smallForms(CollectionViews collections) {
        follow(
                () -> collections.hashLimits(
                        settings.number(Setting.HASH_MAX_LISTPACK_ENTRIES),
                        settings.number(Setting.HASH_MAX_LISTPACK_VALUE)),
                Setting.HASH_MAX_LISTPACK_ENTRIES,
                Setting.HASH_MAX_LISTPACK_VALUE);
        follow(
                () -> collections.listLimit(settings.number(Setting.LIST_MAX_LISTPACK_SIZE)),
                Setting.LIST_MAX_LISTPACK_SIZE);
        follow(
                () -> collections.setLimit(settings.number(Setting.SET_MAX_INTSET_ENTRIES)),
                Setting.SET_MAX_INTSET_ENTRIES);
        follow(
                () -> collections.sortedSetLimits(
                        settings.number(Setting.ZSET_MAX_LISTPACK_ENTRIES),
                        settings.number(Setting.ZSET_MAX_LISTPACK_VALUE)),
                Setting.ZSET_MAX_LISTPACK_ENTRIES,
                Setting.ZSET_MAX_LISTPACK_VALUE);
    }

    private void follow(Runnable read, Setting... changing) {
        for (Setting setting : changing) {
            settings.onChange(setting, read);
        }
        read.run();
    }
}
