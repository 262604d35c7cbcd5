package dev.sluice.broker;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.config.Version;
import dev.sluice.broker.dispatch.CommandStatistics;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.metric.Info;
import dev.sluice.broker.metric.InfoSection;
import dev.sluice.broker.metric.InfoText;
import dev.sluice.broker.metric.MemoryUse;
import dev.sluice.broker.persist.AofRewrite;
import dev.sluice.broker.persist.AppendLog;
import dev.sluice.broker.persist.Loading;
import dev.sluice.broker.persist.Snapshots;
import dev.sluice.streams.message.Published;
import io.netty.channel.epoll.Epoll;
import java.math.BigDecimal;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * INFO's sections, with the fields of redis-server 7.0.15 in its order and ours after them. A field whose subject does
 * not exist here yet has the value of a redis-server in which it has never happened.
 */
final class InfoSections {
    private static final int LRU_CLOCK_MAX = 0xffffff;

    private final Figures figures;
    private final Figures.Parts parts;
    private final Settings settings;
    private final String version = Version.current(); // from a resource, which the loop must not read

    InfoSections(Figures figures) {
        this.figures = figures;
        this.parts = figures.parts;
        this.settings = parts.settings();
    }

    void addTo(Info info) {
        info.add(new InfoSection("Server", true, this::server));
        info.add(new InfoSection("Clients", true, this::clients));
        info.add(new InfoSection("Memory", true, this::memory));
        info.add(new InfoSection("Persistence", true, this::persistence));
        info.add(new InfoSection("Stats", true, this::stats));
        info.add(new InfoSection("Replication", true, this::replication));
        info.add(new InfoSection("CPU", true, this::cpu));
        info.add(new InfoSection(List.of("Modules", "module_list"), true, text -> {}));
        info.add(new InfoSection("Commandstats", false, this::commandStatistics));
        info.add(new InfoSection("Errorstats", true, this::errorStatistics));
        info.add(new InfoSection("Latencystats", false, this::latencyStatistics));
        info.add(new InfoSection("Cluster", true, text -> text.idle("cluster_enabled")));
        info.add(new InfoSection("Keyspace", true, this::keyspace));
        info.add(new InfoSection("Pubsub", false, new PubSubSection(figures)::write));
    }

    private void server(InfoText text) {
        long now = parts.time().epochMillis();
        long uptime = (long) figures.uptimeSeconds();
        text.field("redis_version", Broker.REDIS_VERSION)
                .field("redis_git_sha1", "00000000")
                .field("redis_git_dirty", 0)
                .field("redis_build_id", "0000000000000000")
                .field("redis_mode", "standalone")
                .field("os", parts.process().system)
                .field("arch_bits", 64)
                .field("monotonic_clock", "POSIX clock_gettime")
                .field("multiplexing_api", Epoll.isAvailable() ? "epoll" : "nio")
                .field("atomicvar_api", "java-varhandle")
                .field("gcc_version", "0.0.0")
                .field("process_id", parts.process().id)
                .field("process_supervised", "no")
                .field("run_id", figures.runId)
                .field("tcp_port", parts.port().getAsInt())
                .field("server_time_usec", parts.time().epochMicros())
                .field("uptime_in_seconds", uptime)
                .field("uptime_in_days", uptime / 86_400)
                .field("hz", settings.number(Setting.HZ))
                .field("configured_hz", settings.number(Setting.HZ))
                .field("lru_clock", now / 1000 & LRU_CLOCK_MAX)
                .field("executable", parts.process().executable)
                .field("config_file", settings.file())
                .field("io_threads_active", settings.integer(Setting.IO_THREADS) > 1 ? 1 : 0)
                .field("server_name", "sluice")
                .field("sluice_version", version)
                .field("java_version", Runtime.version().toString());
    }

    private void clients(InfoText text) {
        Figures.ClientBuffers buffers = figures.clientBuffers();
        text.field("connected_clients", parts.sessions().count())
                .field("cluster_connections", 0)
                .field("maxclients", settings.number(Setting.MAXCLIENTS))
                .field("client_recent_max_input_buffer", buffers.inputMax())
                .field("client_recent_max_output_buffer", buffers.outputMax())
                .field("blocked_clients", figures.waitingClients())
                .field("tracking_clients", parts.tracking().clients())
                .field("clients_in_timeout_table", parts.waiters().timed());
    }

    private void memory(InfoText text) {
        MemoryUse use = figures.memoryUse();
        usedMemory(text, use);
        text.field("allocator_allocated", use.allocated())
                .field("allocator_active", use.active())
                .field("allocator_resident", use.held())
                .bytes("total_system_memory", parts.process().machineBytes)
                .idle("used_memory_lua", "used_memory_vm_eval")
                .human("used_memory_lua", 0)
                .idle("used_memory_scripts_eval", "number_of_cached_scripts", "number_of_functions")
                .idle("number_of_libraries", "used_memory_vm_functions")
                .bytes("used_memory_vm_total", 0)
                .idle("used_memory_functions")
                .bytes("used_memory_scripts", 0)
                .bytes("maxmemory", settings.number(Setting.MAXMEMORY))
                .field("maxmemory_policy", settings.text(Setting.MAXMEMORY_POLICY));
        fragmentation(text, use);
        text.idle("mem_not_counted_for_evict", "mem_replication_backlog", "mem_total_replication_buffers")
                .field("mem_clients_slaves", 0)
                .field("mem_clients_normal", use.clients())
                .idle("mem_cluster_links")
                .field("mem_aof_buffer", parts.storage().backlogBytes())
                .field("mem_allocator", "arena")
                .idle("active_defrag_running")
                .field("lazyfree_pending_objects", parts.keyspace().unlinkedPending())
                .field("lazyfreed_objects", parts.keyspace().unlinkedFreed())
                .field("heap_bytes", figures.heapBytes())
                .field("heap_bytes_max", Runtime.getRuntime().maxMemory())
                .field("direct_bytes", figures.directBytes())
                .field("arena_bytes_max", parts.extents().maxBytes());
    }

    private static void usedMemory(InfoText text, MemoryUse use) {
        text.bytes("used_memory", use.used())
                .bytes("used_memory_rss", use.resident())
                .bytes("used_memory_peak", use.peak())
                .percentage("used_memory_peak_perc", use.peakShare())
                .field("used_memory_overhead", use.overhead())
                .field("used_memory_startup", use.startup())
                .field("used_memory_dataset", use.dataset())
                .percentage("used_memory_dataset_perc", use.datasetShare());
    }

    private static void fragmentation(InfoText text, MemoryUse use) {
        ratio(text, "allocator_frag", use.active(), use.allocated());
        ratio(text, "allocator_rss", use.held(), use.active());
        ratio(text, "rss_overhead", use.resident(), use.held());
        text.field("mem_fragmentation_ratio", MemoryUse.ratio(use.resident(), use.used()), 2)
                .field("mem_fragmentation_bytes", use.resident() - use.used());
    }

    private static void ratio(InfoText text, String name, long larger, long smaller) {
        text.field(name + "_ratio", MemoryUse.ratio(larger, smaller), 2).field(name + "_bytes", larger - smaller);
    }

    private void persistence(InfoText text) {
        Storage storage = parts.storage();
        Snapshots.Report save = storage.report();
        Loading loading = storage.loading();
        AofRewrite.Report rewriting = storage.rewriting();
        AppendLog appendLog = storage.appendLog();
        long kept = save.copiedBytes() + save.queuedBytes() + parts.extents().bytesFrozen();
        text.field("loading", loading.isOn() ? 1 : 0)
                .idle("async_loading")
                .field("current_cow_peak", kept)
                .field("current_cow_size", kept)
                .idle("current_cow_size_age")
                .field("current_fork_perc", save.keysTotal() == 0 ? 0 : 100.0 * save.keysDone() / save.keysTotal(), 2)
                .field("current_save_keys_processed", save.keysDone())
                .field("current_save_keys_total", save.keysTotal())
                .field("rdb_changes_since_last_save", save.changes())
                .field("rdb_bgsave_in_progress", save.saving() ? 1 : 0)
                .field("rdb_last_save_time", save.savedSeconds())
                .field("rdb_last_bgsave_status", save.lastWorked() ? "ok" : "err")
                .field("rdb_last_bgsave_time_sec", save.lastSeconds())
                .field("rdb_current_bgsave_time_sec", save.currentSeconds())
                .field("rdb_saves", save.saves())
                .field("rdb_last_cow_size", save.lastCopiedBytes())
                .field("rdb_last_load_keys_expired", storage.loadedExpired())
                .field("rdb_last_load_keys_loaded", storage.loadedKeys())
                .field("aof_enabled", appendLog == null ? 0 : 1)
                .field("aof_rewrite_in_progress", rewriting.running() ? 1 : 0)
                .field("aof_rewrite_scheduled", rewriting.scheduled() ? 1 : 0)
                .field("aof_last_rewrite_time_sec", rewriting.lastSeconds())
                .field("aof_current_rewrite_time_sec", rewriting.currentSeconds())
                .field("aof_last_bgrewrite_status", rewriting.lastWorked() ? "ok" : "err")
                .field("aof_rewrites", rewriting.rewrites())
                .field("aof_rewrites_consecutive_failures", rewriting.failures())
                .field("aof_last_write_status", appendLog == null || appendLog.problem() == null ? "ok" : "err")
                .idle("aof_last_cow_size", "module_fork_in_progress", "module_fork_last_cow_size");
        if (appendLog != null) {
            text.field("aof_current_size", appendLog.bytes())
                    .field("aof_base_size", appendLog.baseBytes())
                    .field("aof_pending_rewrite", rewriting.scheduled() ? 1 : 0)
                    .field("aof_buffer_length", appendLog.backlogBytes())
                    .idle("aof_pending_bio_fsync")
                    .field("aof_delayed_fsync", appendLog.delayedForces());
        }
        if (loading.isOn()) {
            text.field("loading_start_time", loading.startedSeconds())
                    .field("loading_total_bytes", loading.bytesTotal())
                    .field("loading_rdb_used_mem", loading.usedMemory())
                    .field("loading_loaded_bytes", loading.bytesDone())
                    .field("loading_loaded_perc", loading.share(), 2)
                    .field(
                            "loading_eta_seconds",
                            loading.secondsLeft(parts.time().epochMillis()));
        }
    }

    private void stats(InfoText text) {
        text.field("total_connections_received", parts.sessions().received())
                .field("total_commands_processed", parts.statistics().processed())
                .field("instantaneous_ops_per_sec", (long) figures.commands.perSecond())
                .field("total_net_input_bytes", figures.bytesRead())
                .field("total_net_output_bytes", figures.bytesWritten())
                .idle("total_net_repl_input_bytes", "total_net_repl_output_bytes")
                .field("instantaneous_input_kbps", figures.bytesIn.perSecond() / 1024, 2)
                .field("instantaneous_output_kbps", figures.bytesOut.perSecond() / 1024, 2)
                .field("instantaneous_input_repl_kbps", 0, 2)
                .field("instantaneous_output_repl_kbps", 0, 2)
                .field("rejected_connections", parts.sessions().refused())
                .idle("sync_full", "sync_partial_ok", "sync_partial_err")
                .field("expired_keys", parts.keyspace().expired())
                .field("expired_stale_perc", figures.staleShare() * 100, 2)
                .field("expired_time_cap_reached_count", figures.expiryTimeUp())
                .field("expire_cycle_cpu_milliseconds", figures.expiryMillis())
                .field("evicted_keys", parts.keyspace().evicted())
                .field("evicted_clients", parts.clients().evicted())
                .field("total_eviction_exceeded_time", parts.eviction().exceededMillisTotal())
                .field("current_eviction_exceeded_time", parts.eviction().exceededMillis())
                .field("keyspace_hits", parts.keyspace().hits())
                .field("keyspace_misses", parts.keyspace().misses())
                .field("pubsub_channels", parts.hub().count(Published.Kind.CHANNEL))
                .field("pubsub_patterns", parts.hub().count(Published.Kind.PATTERN))
                .field("pubsubshard_channels", parts.hub().count(Published.Kind.SHARD))
                .idle("latest_fork_usec", "total_forks", "migrate_cached_sockets", "slave_expires_tracked_keys")
                .idle("active_defrag_hits", "active_defrag_misses", "active_defrag_key_hits")
                .idle("active_defrag_key_misses", "total_active_defrag_time", "current_active_defrag_time")
                .field("tracking_total_keys", parts.tracking().keys())
                .field("tracking_total_items", parts.tracking().items())
                .field("tracking_total_prefixes", parts.tracking().prefixes())
                .field("unexpected_error_replies", 0)
                .field("total_error_replies", parts.statistics().errorReplies())
                .field("dump_payload_sanitizations", 0)
                .field(
                        "total_reads_processed",
                        parts.resp().reads() + parts.rsocket().reads())
                .field(
                        "total_writes_processed",
                        parts.resp().writes() + parts.rsocket().writes())
                .field("io_threaded_reads_processed", threaded(parts.resp().reads()))
                .field("io_threaded_writes_processed", threaded(parts.resp().writes()))
                .idle("reply_buffer_shrinks", "reply_buffer_expands");
        newer(text);
    }

    /** With further loops, all sockets of RESP clients are theirs. */
    private long threaded(long count) {
        return settings.integer(Setting.IO_THREADS) > 1 ? count : 0;
    }

    /** What Redis 7.0 has no field for. */
    private void newer(InfoText text) {
        text.field("expired_subkeys", parts.keyspace().expiredMembers())
                .field("acl_access_denied_auth", parts.statistics().errors().getOrDefault("WRONGPASS", 0L))
                .field("client_stalls", parts.resp().stalls() + parts.rsocket().stalls())
                .field(
                        "client_stalls_closed",
                        parts.resp().stallsClosed() + parts.rsocket().stallsClosed())
                .field(
                        "client_overflows_closed",
                        parts.resp().overflows() + parts.rsocket().overflows())
                .field("forgotten_failures", parts.rsocket().forgottenFailures())
                .field("key_watchers", parts.keyEvents().watchers())
                .field("ranking_watchers", parts.rankings().watchers())
                .field("rankings_computed", parts.rankings().computed());
    }

    private void replication(InfoText text) {
        text.field("role", "master").field("connected_slaves", 0);
        if (settings.number(Setting.MIN_REPLICAS_TO_WRITE) > 0 && settings.number(Setting.MIN_REPLICAS_MAX_LAG) > 0) {
            text.field("min_slaves_good_slaves", 0);
        }
        text.field("master_failover_state", "no-failover")
                .field("master_replid", figures.replicationId())
                .field("master_replid2", "0".repeat(40))
                .field("master_repl_offset", parts.journal().offset())
                .field("second_repl_offset", -1)
                .field("repl_backlog_active", 0)
                .field("repl_backlog_size", settings.number(Setting.REPL_BACKLOG_SIZE))
                .idle("repl_backlog_first_byte_offset", "repl_backlog_histlen");
    }

    private void cpu(InfoText text) {
        LocalProcess.Usage usage = parts.process().usage();
        text.field("used_cpu_sys", usage.systemSeconds(), 6)
                .field("used_cpu_user", usage.userSeconds(), 6)
                .field("used_cpu_sys_children", 0, 6)
                .field("used_cpu_user_children", 0, 6)
                .field("used_cpu_sys_main_thread", usage.loopSystemSeconds(), 6)
                .field("used_cpu_user_main_thread", usage.loopUserSeconds(), 6);
    }

    private void commandStatistics(InfoText text) {
        for (CommandStatistics.Row row : parts.statistics().rows()) {
            if (row.calls() > 0 || row.failed() > 0 || row.rejected() > 0) {
                long micros = row.nanos() / 1000;
                double each = row.calls() == 0 ? 0 : (double) micros / row.calls();
                text.field(
                        "cmdstat_" + row.command().fullName(),
                        "calls=" + row.calls() + ",usec=" + micros + ",usec_per_call=" + InfoText.decimal(each, 2)
                                + ",rejected_calls=" + row.rejected() + ",failed_calls=" + row.failed());
            }
        }
    }

    private void errorStatistics(InfoText text) {
        new TreeMap<>(parts.statistics().errors())
                .forEach((code, count) -> text.field("errorstat_" + safe(code), "count=" + count));
    }

    /** What a client made up must not look like a line or a field of its own. */
    private static String safe(String code) {
        StringBuilder text = new StringBuilder(code.length());
        code.chars().forEach(c -> text.append("#:\n\r".indexOf(c) >= 0 ? '_' : (char) c));
        return text.toString();
    }

    private void latencyStatistics(InfoText text) {
        if (!settings.isOn(Setting.LATENCY_TRACKING)) {
            return;
        }
        for (CommandStatistics.Row row : parts.statistics().rows()) {
            if (row.hasLatencies()) {
                text.field("latency_percentiles_usec_" + row.command().fullName(), percentiles(row));
            }
        }
    }

    private String percentiles(CommandStatistics.Row row) {
        return settings.percentiles().stream()
                .map(percent -> "p"
                        + new BigDecimal(InfoText.decimal(percent, 6))
                                .stripTrailingZeros()
                                .toPlainString() + "=" + InfoText.decimal(row.percentile(percent / 100) / 1000.0, 3))
                .collect(Collectors.joining(","));
    }

    private void keyspace(InfoText text) {
        for (Database database : parts.keyspace().databases()) {
            if (database.size() > 0) {
                text.field(
                        "db" + database.index(),
                        "keys=" + database.size() + ",expires=" + database.keysWithExpiry() + ",avg_ttl="
                                + database.averageTtlMs() + subexpiry(database));
            }
        }
    }

    /** Keys with members that expire; where there are none, as Redis 7.0, which knows none. */
    private static String subexpiry(Database database) {
        long keys = database.keysWithMemberExpiry();
        return keys == 0 ? "" : ",subexpiry=" + keys;
    }
}
