package dev.sluice.broker.config;

import java.util.Set;

/** Directives that some Redis knows and that are no settings here, so that a configuration written for it still reads. */
final class ForeignDirectives {
    /** Settings of Redis 7.2 to 8, from their config.c and redis.conf. */
    private static final Set<String> NEWER = Set.of(
            "aof-rewrite-cpulist",
            "bgsave-cpulist",
            "bio-cpulist",
            "server-cpulist",
            "client-default-resp",
            "cluster-announce-human-nodename",
            "cluster-compatibility-sample-ratio",
            "cluster-ping-interval",
            "cluster-slot-stats-enabled",
            "hide-user-data-from-log",
            "locale-collate",
            "lookahead",
            "max-new-connections-per-cycle",
            "max-new-tls-connections-per-cycle",
            "replica-full-sync-buffer-limit",
            "req-res-logfile",
            "set-max-listpack-entries",
            "set-max-listpack-value",
            "tls-auth-clients-user");

    /** What Redis 7.0 itself accepts without a word, because versions before it knew it. */
    private static final Set<String> OBSOLETE =
            Set.of("list-max-ziplist-entries", "list-max-ziplist-value", "lua-replicate-commands");

    private ForeignDirectives() {}

    /** Whether some Redis takes a directive with so many arguments. */
    static boolean isForeign(String name, int arguments) {
        return switch (name) {
            case "rename-command" -> arguments == 2;
            case "user", "loadmodule" -> arguments >= 1;
            case "sentinel" -> {
                if (arguments > 0) {
                    throw new SettingRefused("sentinel directive while not in sentinel mode");
                }
                yield true;
            }
            default -> isForeignSetting(name, arguments);
        };
    }

    private static boolean isForeignSetting(String name, int arguments) {
        if (name.indexOf('.') >= 0 && arguments == 0) {
            throw new SettingRefused("Module config specified without value");
        }
        return name.indexOf('.') >= 0 || arguments >= 1 && NEWER.contains(name) || isObsolete(name) && arguments == 1;
    }

    static boolean isObsolete(String name) {
        return OBSOLETE.contains(name);
    }
}
