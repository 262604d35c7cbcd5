package dev.sluice.broker.config;

import static dev.sluice.broker.config.Row.*;

import dev.sluice.broker.config.Kind.Memory;
import dev.sluice.broker.config.Kind.Whole;
import dev.sluice.broker.config.Kind.Words;
import dev.sluice.broker.config.OutputLimits.Limit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings table: name, range and standard value of each. Names, ranges and standard values up to the last group are
 * those of redis-server 7.0.15 (two standards differ: {@code bind} is the loopback, {@code io-threads} follows the
 * processors). A setting is added by its row here; who obeys it reads {@link Settings} and marks the row {@code
 * isApplied()}.
 */
public enum Setting {
    // Network and clients
    IO_THREADS_DO_READS(flag("io-threads-do-reads", false).onlyAtStart()),
    PROTECTED_MODE(flag("protected-mode", true).isApplied()),
    UNIXSOCKET(text("unixsocket", "").onlyAtStart().isApplied()),
    BIND_SOURCE_ADDR(text("bind-source-addr", "")),
    PORT(number("port", 0, 65535, 6379).isApplied()),
    IO_THREADS(number("io-threads", 1, 128, 1).onlyAtStart().isApplied()),
    TCP_KEEPALIVE(number("tcp-keepalive", 0, INT_MAX, 300).isApplied()),
    TIMEOUT(number("timeout", 0, INT_MAX, 0).isApplied()),
    TCP_BACKLOG(number("tcp-backlog", 0, INT_MAX, 511).onlyAtStart().isApplied()),
    MAXCLIENTS(number("maxclients", 1, UINT_MAX, 10000).isApplied()),
    UNIXSOCKETPERM(octal("unixsocketperm", 0, 0777, 0).onlyAtStart().isApplied()),
    SOCKET_MARK_ID(number("socket-mark-id", 0, UINT_MAX, 0).onlyAtStart()),
    PROTO_MAX_BULK_LEN(memory("proto-max-bulk-len", 1 * MB, LONG_MAX, 512 * MB).isApplied()),
    CLIENT_QUERY_BUFFER_LIMIT(
            memory("client-query-buffer-limit", 1 * MB, LONG_MAX, 1 * GB).isApplied()),
    CLIENT_OUTPUT_BUFFER_LIMIT(special(
                    "client-output-buffer-limit",
                    new OutputLimits.Groups(),
                    new OutputLimits(
                            new Limit(0, 0, 0), new Limit(256 * MB, 64 * MB, 60), new Limit(32 * MB, 8 * MB, 60)))
            .isApplied()),
    BIND(special("bind", new Words(16, "Too many bind addresses specified."), List.of("127.0.0.1", "-::1"))
            .isApplied()),

    // TLS
    TLS_PORT(number("tls-port", 0, 65535, 0)),
    TLS_SESSION_CACHE_SIZE(number("tls-session-cache-size", 0, INT_MAX, 20480)),
    TLS_SESSION_CACHE_TIMEOUT(number("tls-session-cache-timeout", 0, INT_MAX, 300)),
    TLS_CLUSTER(flag("tls-cluster", false)),
    TLS_REPLICATION(flag("tls-replication", false)),
    TLS_AUTH_CLIENTS(choice("tls-auth-clients", "yes", "no", "yes", "optional")),
    TLS_PREFER_SERVER_CIPHERS(flag("tls-prefer-server-ciphers", false)),
    TLS_SESSION_CACHING(flag("tls-session-caching", true)),
    TLS_CERT_FILE(text("tls-cert-file", "")),
    TLS_KEY_FILE(text("tls-key-file", "")),
    TLS_KEY_FILE_PASS(text("tls-key-file-pass", "")),
    TLS_CLIENT_CERT_FILE(text("tls-client-cert-file", "")),
    TLS_CLIENT_KEY_FILE(text("tls-client-key-file", "")),
    TLS_CLIENT_KEY_FILE_PASS(text("tls-client-key-file-pass", "")),
    TLS_DH_PARAMS_FILE(text("tls-dh-params-file", "")),
    TLS_CA_CERT_FILE(text("tls-ca-cert-file", "")),
    TLS_CA_CERT_DIR(text("tls-ca-cert-dir", "")),
    TLS_PROTOCOLS(text("tls-protocols", "")),
    TLS_CIPHERS(text("tls-ciphers", "")),
    TLS_CIPHERSUITES(text("tls-ciphersuites", "")),

    // Cluster
    CLUSTER_REQUIRE_FULL_COVERAGE(flag("cluster-require-full-coverage", true)),
    CLUSTER_REPLICA_NO_FAILOVER(flag("cluster-replica-no-failover", false).alias("cluster-slave-no-failover")),
    CLUSTER_ENABLED(flag("cluster-enabled", false).onlyAtStart()),
    CLUSTER_ALLOW_READS_WHEN_DOWN(flag("cluster-allow-reads-when-down", false)),
    CLUSTER_ALLOW_PUBSUBSHARD_WHEN_DOWN(flag("cluster-allow-pubsubshard-when-down", true)),
    CLUSTER_ALLOW_REPLICA_MIGRATION(flag("cluster-allow-replica-migration", true)),
    CLUSTER_ANNOUNCE_IP(text("cluster-announce-ip", "")),
    CLUSTER_CONFIG_FILE(text("cluster-config-file", "nodes.conf").onlyAtStart()),
    CLUSTER_ANNOUNCE_HOSTNAME(text("cluster-announce-hostname", "", Peculiar::hostname)),
    CLUSTER_PREFERRED_ENDPOINT_TYPE(
            choice("cluster-preferred-endpoint-type", "ip", "ip", "hostname", "unknown-endpoint")),
    CLUSTER_REPLICA_VALIDITY_FACTOR(
            number("cluster-replica-validity-factor", 0, INT_MAX, 10).alias("cluster-slave-validity-factor")),
    CLUSTER_MIGRATION_BARRIER(number("cluster-migration-barrier", 0, INT_MAX, 1)),
    CLUSTER_PORT(number("cluster-port", 0, 65535, 0).onlyAtStart()),
    CLUSTER_ANNOUNCE_BUS_PORT(number("cluster-announce-bus-port", 0, 65535, 0)),
    CLUSTER_ANNOUNCE_PORT(number("cluster-announce-port", 0, 65535, 0)),
    CLUSTER_ANNOUNCE_TLS_PORT(number("cluster-announce-tls-port", 0, 65535, 0)),
    CLUSTER_NODE_TIMEOUT(number("cluster-node-timeout", 0, LONG_MAX, 15000)),
    CLUSTER_LINK_SENDBUF_LIMIT(memory("cluster-link-sendbuf-limit", 0, ULONG_MAX, 0)),

    // Replication
    REPL_DISABLE_TCP_NODELAY(flag("repl-disable-tcp-nodelay", false)),
    REPL_DISKLESS_SYNC(flag("repl-diskless-sync", true)),
    REPLICA_LAZY_FLUSH(flag("replica-lazy-flush", false).alias("slave-lazy-flush")),
    REPLICA_SERVE_STALE_DATA(flag("replica-serve-stale-data", true).alias("slave-serve-stale-data")),
    REPLICA_READ_ONLY(flag("replica-read-only", true).alias("slave-read-only")),
    REPLICA_IGNORE_MAXMEMORY(flag("replica-ignore-maxmemory", true).alias("slave-ignore-maxmemory")),
    REPLICA_ANNOUNCED(flag("replica-announced", true)),
    REPLICA_IGNORE_DISK_WRITE_ERRORS(flag("replica-ignore-disk-write-errors", false)),
    REPLICA_ANNOUNCE_IP(text("replica-announce-ip", "").alias("slave-announce-ip")),
    MASTERUSER(text("masteruser", "").asSensitive()),
    MASTERAUTH(text("masterauth", "").asSensitive()),
    REPL_DISKLESS_LOAD(choice("repl-diskless-load", "disabled", "disabled", "on-empty-db", "swapdb")),
    PROPAGATION_ERROR_BEHAVIOR(choice("propagation-error-behavior", "ignore", "ignore", "panic", "panic-on-replicas")),
    REPLICA_PRIORITY(number("replica-priority", 0, INT_MAX, 100).alias("slave-priority")),
    REPL_DISKLESS_SYNC_DELAY(number("repl-diskless-sync-delay", 0, INT_MAX, 5)),
    REPLICA_ANNOUNCE_PORT(number("replica-announce-port", 0, 65535, 0).alias("slave-announce-port")),
    REPL_TIMEOUT(number("repl-timeout", 1, INT_MAX, 60)),
    REPL_PING_REPLICA_PERIOD(number("repl-ping-replica-period", 1, INT_MAX, 10).alias("repl-ping-slave-period")),
    MIN_REPLICAS_TO_WRITE(number("min-replicas-to-write", 0, INT_MAX, 0).alias("min-slaves-to-write")),
    MIN_REPLICAS_MAX_LAG(number("min-replicas-max-lag", 0, INT_MAX, 10).alias("min-slaves-max-lag")),
    REPL_DISKLESS_SYNC_MAX_REPLICAS(number("repl-diskless-sync-max-replicas", 0, INT_MAX, 0)),
    REPL_BACKLOG_SIZE(special("repl-backlog-size", new Memory(1, LONG_MAX, 16 * KB), 1 * MB)),
    REPL_BACKLOG_TTL(number("repl-backlog-ttl", 0, LONG_MAX, 3600)),
    REPLICAOF(special("replicaof", new Peculiar.PrimaryAddress(), "")
            .alias("slaveof")
            .onlyAtStart()),

    // Persistence
    RDBCHECKSUM(flag("rdbchecksum", true).onlyAtStart().isApplied()),
    RDBCOMPRESSION(flag("rdbcompression", true).isApplied()),
    RDB_DEL_SYNC_FILES(flag("rdb-del-sync-files", false)),
    STOP_WRITES_ON_BGSAVE_ERROR(flag("stop-writes-on-bgsave-error", true).isApplied()),
    AOF_REWRITE_INCREMENTAL_FSYNC(flag("aof-rewrite-incremental-fsync", true)),
    NO_APPENDFSYNC_ON_REWRITE(flag("no-appendfsync-on-rewrite", false).isApplied()),
    RDB_SAVE_INCREMENTAL_FSYNC(flag("rdb-save-incremental-fsync", true).isApplied()),
    AOF_LOAD_TRUNCATED(flag("aof-load-truncated", true).isApplied()),
    AOF_USE_RDB_PREAMBLE(flag("aof-use-rdb-preamble", true).isApplied()),
    AOF_TIMESTAMP_ENABLED(flag("aof-timestamp-enabled", false).isApplied()),
    APPENDONLY(flag("appendonly", false).isApplied()),
    AOF_DISABLE_AUTO_GC(flag("aof-disable-auto-gc", false).isApplied()),
    DBFILENAME(text("dbfilename", "dump.rdb", Peculiar::fileName).asGuarded().isApplied()),
    APPENDFILENAME(text("appendfilename", "appendonly.aof", Peculiar::appendOnlyFileName)
            .onlyAtStart()
            .isApplied()),
    APPENDDIRNAME(text("appenddirname", "appendonlydir", Peculiar::appendOnlyDirectoryName)
            .onlyAtStart()
            .isApplied()),
    AOF_REWRITE_CPULIST(text("aof_rewrite_cpulist", "").onlyAtStart()),
    BGSAVE_CPULIST(text("bgsave_cpulist", "").onlyAtStart()),
    APPENDFSYNC(choice("appendfsync", "everysec", "everysec", "always", "no").isApplied()),
    SANITIZE_DUMP_PAYLOAD(choice("sanitize-dump-payload", "no", "no", "yes", "clients")),
    AUTO_AOF_REWRITE_PERCENTAGE(
            number("auto-aof-rewrite-percentage", 0, INT_MAX, 100).isApplied()),
    RDB_KEY_SAVE_DELAY(
            number("rdb-key-save-delay", INT_MIN, INT_MAX, 0).asHidden().isApplied()),
    KEY_LOAD_DELAY(number("key-load-delay", INT_MIN, INT_MAX, 0).asHidden()),
    AUTO_AOF_REWRITE_MIN_SIZE(
            memory("auto-aof-rewrite-min-size", 0, LONG_MAX, 64 * MB).isApplied()),
    LOADING_PROCESS_EVENTS_INTERVAL_BYTES(number("loading-process-events-interval-bytes", 1024, INT_MAX, 2097152)
            .asHidden()),
    DIR(special("dir", new Peculiar.Directory(), "/").asGuarded().isApplied()),
    SAVE(special(
                    "save",
                    new SavePoint.Points(),
                    List.of(new SavePoint(3600, 1), new SavePoint(300, 100), new SavePoint(60, 10_000)))
            .fineAt("")
            .isApplied()),

    // Memory
    LAZYFREE_LAZY_EVICTION(flag("lazyfree-lazy-eviction", false).isApplied()),
    LAZYFREE_LAZY_EXPIRE(flag("lazyfree-lazy-expire", false).isApplied()),
    LAZYFREE_LAZY_SERVER_DEL(flag("lazyfree-lazy-server-del", false).isApplied()),
    LAZYFREE_LAZY_USER_DEL(flag("lazyfree-lazy-user-del", false).isApplied()),
    LAZYFREE_LAZY_USER_FLUSH(flag("lazyfree-lazy-user-flush", false).isApplied()),
    JEMALLOC_BG_THREAD(flag("jemalloc-bg-thread", true)),
    ACTIVEDEFRAG(special("activedefrag", new Peculiar.AlwaysNo(), false)),
    DISABLE_THP(flag("disable-thp", true).onlyAtStart()),
    MAXMEMORY_POLICY(choice(
                    "maxmemory-policy",
                    "noeviction",
                    "volatile-lru",
                    "volatile-lfu",
                    "volatile-random",
                    "volatile-ttl",
                    "allkeys-lru",
                    "allkeys-lfu",
                    "allkeys-random",
                    "noeviction")
            .isApplied()),
    OOM_SCORE_ADJ(choice("oom-score-adj", "no", "no", "yes", "relative=yes", "absolute")),
    ACTIVE_DEFRAG_CYCLE_MIN(number("active-defrag-cycle-min", 1, 99, 1)),
    ACTIVE_DEFRAG_CYCLE_MAX(number("active-defrag-cycle-max", 1, 99, 25)),
    ACTIVE_DEFRAG_THRESHOLD_LOWER(number("active-defrag-threshold-lower", 0, 1000, 10)),
    ACTIVE_DEFRAG_THRESHOLD_UPPER(number("active-defrag-threshold-upper", 0, 1000, 100)),
    LFU_LOG_FACTOR(number("lfu-log-factor", 0, INT_MAX, 10).isApplied()),
    LFU_DECAY_TIME(number("lfu-decay-time", 0, INT_MAX, 1).isApplied()),
    MAXMEMORY_SAMPLES(number("maxmemory-samples", 1, INT_MAX, 5).isApplied()),
    MAXMEMORY_EVICTION_TENACITY(
            number("maxmemory-eviction-tenacity", 0, 100, 10).isApplied()),
    ACTIVE_DEFRAG_MAX_SCAN_FIELDS(number("active-defrag-max-scan-fields", 1, LONG_MAX, 1000)),
    MAXMEMORY(memory("maxmemory", 0, ULONG_MAX, 0).isApplied()),
    ACTIVE_DEFRAG_IGNORE_BYTES(memory("active-defrag-ignore-bytes", 1, LONG_MAX, 100 * MB)),
    MAXMEMORY_CLIENTS(memoryOrPercent("maxmemory-clients", 100, 0).isApplied()),
    OOM_SCORE_ADJ_VALUES(special("oom-score-adj-values", new Peculiar.OomScores(), "0 200 800")),

    // Encodings of values
    LIST_MAX_LISTPACK_SIZE(number("list-max-listpack-size", INT_MIN, INT_MAX, -2)
            .alias("list-max-ziplist-size")
            .isApplied()),
    LIST_COMPRESS_DEPTH(number("list-compress-depth", 0, INT_MAX, 0)),
    STREAM_NODE_MAX_ENTRIES(number("stream-node-max-entries", 0, LONG_MAX, 100)),
    HASH_MAX_LISTPACK_ENTRIES(number("hash-max-listpack-entries", 0, LONG_MAX, 512)
            .alias("hash-max-ziplist-entries")
            .isApplied()),
    SET_MAX_INTSET_ENTRIES(number("set-max-intset-entries", 0, LONG_MAX, 512).isApplied()),
    ZSET_MAX_LISTPACK_ENTRIES(number("zset-max-listpack-entries", 0, LONG_MAX, 128)
            .alias("zset-max-ziplist-entries")
            .isApplied()),
    HASH_MAX_LISTPACK_VALUE(memory("hash-max-listpack-value", 0, LONG_MAX, 64)
            .alias("hash-max-ziplist-value")
            .isApplied()),
    STREAM_NODE_MAX_BYTES(memory("stream-node-max-bytes", 0, LONG_MAX, 4096)),
    ZSET_MAX_LISTPACK_VALUE(memory("zset-max-listpack-value", 0, LONG_MAX, 64)
            .alias("zset-max-ziplist-value")
            .isApplied()),
    HLL_SPARSE_MAX_BYTES(memory("hll-sparse-max-bytes", 0, LONG_MAX, 3000).isApplied()),

    // Keyspace
    ACTIVEREHASHING(flag("activerehashing", true)),
    DYNAMIC_HZ(flag("dynamic-hz", true)),
    DATABASES(number("databases", 1, INT_MAX, 16).onlyAtStart().isApplied()),
    ACTIVE_EXPIRE_EFFORT(number("active-expire-effort", 1, 10, 1)),
    HZ(special("hz", new Whole(0, INT_MAX, 1, 500), 10L)),
    TRACKING_TABLE_MAX_KEYS(
            number("tracking-table-max-keys", 0, LONG_MAX, 1000000).isApplied()),
    NOTIFY_KEYSPACE_EVENTS(special("notify-keyspace-events", new KeyspaceEvents.Letters(), new KeyspaceEvents(0))
            .isApplied()),

    // Security
    ACLFILE(emptyText("aclfile").onlyAtStart()),
    REQUIREPASS(text("requirepass", "").asSensitive().isApplied()),
    ACL_PUBSUB_DEFAULT(choice("acl-pubsub-default", "resetchannels", "allchannels", "resetchannels")),
    ENABLE_PROTECTED_CONFIGS(choice("enable-protected-configs", "no", "no", "yes", "local")
            .onlyAtStart()
            .isApplied()),
    ENABLE_DEBUG_COMMAND(choice("enable-debug-command", "no", "no", "yes", "local")
            .onlyAtStart()
            .isApplied()),
    ENABLE_MODULE_COMMAND(choice("enable-module-command", "no", "no", "yes", "local")
            .onlyAtStart()
            .isApplied()),
    ACLLOG_MAX_LEN(number("acllog-max-len", 0, LONG_MAX, 128)),

    // Observability
    SYSLOG_ENABLED(flag("syslog-enabled", false).onlyAtStart()),
    CRASH_LOG_ENABLED(flag("crash-log-enabled", true)),
    CRASH_MEMCHECK_ENABLED(flag("crash-memcheck-enabled", true)),
    LATENCY_TRACKING(flag("latency-tracking", true).isApplied()),
    SYSLOG_IDENT(text("syslog-ident", "redis").onlyAtStart()),
    LOGFILE(emptyText("logfile").onlyAtStart().isApplied()),
    SYSLOG_FACILITY(choice(
                    "syslog-facility",
                    "local0",
                    "user",
                    "local0",
                    "local1",
                    "local2",
                    "local3",
                    "local4",
                    "local5",
                    "local6",
                    "local7")
            .onlyAtStart()),
    LOGLEVEL(choice("loglevel", "notice", "debug", "verbose", "notice", "warning")
            .isApplied()),
    WATCHDOG_PERIOD(number("watchdog-period", 0, INT_MAX, 0).asHidden()),
    SLOWLOG_MAX_LEN(number("slowlog-max-len", 0, LONG_MAX, 128).isApplied()),
    SLOWLOG_LOG_SLOWER_THAN(
            number("slowlog-log-slower-than", -1, LONG_MAX, 10000).isApplied()),
    LATENCY_MONITOR_THRESHOLD(
            number("latency-monitor-threshold", 0, LONG_MAX, 0).isApplied()),
    LATENCY_TRACKING_INFO_PERCENTILES(
            special("latency-tracking-info-percentiles", new Peculiar.Percentiles(), List.of(50.0, 99.0, 99.9))
                    .isApplied()),

    // The process
    DAEMONIZE(flag("daemonize", false).onlyAtStart()),
    ALWAYS_SHOW_LOGO(flag("always-show-logo", false).onlyAtStart()),
    SET_PROC_TITLE(flag("set-proc-title", true).onlyAtStart()),
    USE_EXIT_ON_PANIC(flag("use-exit-on-panic", false).asHidden()),
    PIDFILE(text("pidfile", "").onlyAtStart()),
    SERVER_CPULIST(text("server_cpulist", "").onlyAtStart()),
    BIO_CPULIST(text("bio_cpulist", "").onlyAtStart()),
    IGNORE_WARNINGS(emptyText("ignore-warnings")),
    PROC_TITLE_TEMPLATE(text("proc-title-template", "{title} {listen-addr} {server-mode}", Peculiar::title)),
    SUPERVISED(choice("supervised", "no", "upstart", "systemd", "auto", "no").onlyAtStart()),
    SHUTDOWN_ON_SIGINT(choices("shutdown-on-sigint", Peculiar::shutdown, "default", "save", "nosave", "now", "force")
            .isApplied()),
    SHUTDOWN_ON_SIGTERM(choices("shutdown-on-sigterm", Peculiar::shutdown, "default", "save", "nosave", "now", "force")
            .isApplied()),
    SHUTDOWN_TIMEOUT(number("shutdown-timeout", 0, INT_MAX, 10)),
    BUSY_REPLY_THRESHOLD(number("busy-reply-threshold", 0, LONG_MAX, 5000).alias("lua-time-limit")),

    // Ours: wires
    RSOCKET_PORT(number("rsocket-port", 0, 65535, 7878).onlyAtStart().isApplied()),
    HTTP_PORT(number("http-port", 0, 65535, 7879).onlyAtStart().isApplied()),
    HTTP_ORIGINS(special("http-origins", new Words(64, "Too many origins specified."), List.of())
            .isApplied()),
    HTTP_HOSTS(special("http-hosts", new Words(64, "Too many hosts specified."), List.of())
            .isApplied()),
    HTTP_CONNECTIONS_MAX(number("http-connections-max", 1, INT_MAX, 256).isApplied()),
    METRICS_PUBLIC(flag("metrics-public", false).isApplied()),
    RSOCKET_PAYLOAD_BYTES_MAX(memory("rsocket-payload-bytes-max", 1 * KB, 1 * GB, 16 * MB)
            .onlyAtStart()
            .isApplied()),
    RSOCKET_FRAGMENT_BYTES_MAX(memory("rsocket-fragment-bytes-max", 1 * KB, 16 * MB - 1, 64 * KB)
            .onlyAtStart()
            .isApplied()),
    RSOCKET_STREAMS_MAX(number("rsocket-streams-max", 1, INT_MAX, 1024).isApplied()),
    RSOCKET_OUTBOX_MESSAGES_MAX(
            number("rsocket-outbox-messages-max", 1, INT_MAX, 65_536).isApplied()),
    RSOCKET_OUTBOX_BYTES_MAX(
            memory("rsocket-outbox-bytes-max", 1 * KB, LONG_MAX, 8 * MB).isApplied()),
    RSOCKET_KEEPALIVE_MS_MAX(
            number("rsocket-keepalive-ms-max", 1000, INT_MAX, 90_000).isApplied()),

    // Ours: what a client may hold
    CLIENT_REPLY_BUFFER_BYTES_MAX(
            memory("client-reply-buffer-bytes-max", 64 * KB, LONG_MAX, 32 * MB).isApplied()),
    /** 0: as much as the Java heap has for it. */
    QUERY_BUFFERS_BYTES_MAX(memory("query-buffers-bytes-max", 0, LONG_MAX, 0).isApplied()),
    TRACKING_TABLE_BYTES_MAX(
            memory("tracking-table-bytes-max", MB, LONG_MAX, 128 * MB).isApplied()),
    CLIENT_STALL_MS_MAX(number("client-stall-ms-max", 0, LONG_MAX, 60_000).isApplied()),
    REQUEST_INLINE_BYTES_MAX(
            memory("request-inline-bytes-max", 1 * KB, INT_MAX, 64 * KB).isApplied()),
    REQUEST_ARGUMENTS_MAX(
            number("request-arguments-max", 1024, INT_MAX, INT_MAX).isApplied()),
    OUTBOX_MESSAGES_MAX(number("outbox-messages-max", 1, INT_MAX, 1_048_576).isApplied()),
    PUBSUB_OVERFLOW(
            choice("pubsub-overflow", "disconnect", "disconnect", "drop-oldest", "drop-newest", "latest", "throttle")
                    .isApplied()),
    PUBSUB_THROTTLE_MS_MAX(number("pubsub-throttle-ms-max", 1, INT_MAX, 5_000).isApplied()),

    // Ours: how long a turn of the loop may be
    TURN_COMMANDS_MAX(number("turn-commands-max", 1, INT_MAX, 1024).isApplied()),
    TURN_US_MAX(number("turn-us-max", 10, 1_000_000, 200).isApplied()),
    HOUSEKEEPING_US_MAX(number("housekeeping-us-max", 10, 1_000_000, 800).isApplied()),

    // Ours: snapshots and backups
    SNAPSHOT_PREIMAGE_BYTES_MAX(
            memory("snapshot-preimage-bytes-max", 16 * MB, LONG_MAX, 64 * MB).isApplied()),
    BACKUP_DIR(text("backup-dir", "backups").asGuarded().isApplied()),
    BACKUPS_MAX(number("backups-max", 1, INT_MAX, 32).isApplied()),
    BACKUP_BYTES_PER_SECOND_MAX(
            memory("backup-bytes-per-second-max", 0, LONG_MAX, 64 * MB).isApplied()),

    // Ours: memory and journal
    ARENA_BYTES_MAX(
            memory("arena-bytes-max", 16 * MB, 32 * GB, 32 * GB).onlyAtStart().isApplied()),
    JOURNAL_BYTES_MAX(memory("journal-bytes-max", 1 * MB, LONG_MAX, 64 * MB).isApplied());

    private final Row row;

    Setting(Row row) {
        this.row = row;
    }

    /** Whether redis-server knows no such parameter. */
    boolean isOurs() {
        return compareTo(RSOCKET_PORT) >= 0;
    }

    /** The name that CONFIG and the configuration file use: {@code client-stall-ms-max}. */
    public String parameter() {
        return row.name();
    }

    /** A second name for the same setting, from older versions of Redis. */
    public @Nullable String alias() {
        return row.alias();
    }

    /** Else it is only kept. */
    public boolean hasEffect() {
        return row.applied();
    }

    /** Whether its value must not show in logs, MONITOR or SLOWLOG. */
    public boolean isSensitive() {
        return row.sensitive();
    }

    Row row() {
        return row;
    }
}
