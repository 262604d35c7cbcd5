package dev.sluice.broker.commands;

import dev.sluice.broker.command.Command;
import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.keyspace.Watches;
import dev.sluice.broker.metric.Info;
import dev.sluice.broker.metric.LatencyMonitor;
import dev.sluice.broker.metric.SlowLog;
import dev.sluice.broker.persist.Backups;
import dev.sluice.broker.session.Monitors;
import dev.sluice.broker.session.Pause;
import dev.sluice.broker.session.Sessions;
import dev.sluice.broker.session.SlowSubscribers;
import dev.sluice.broker.session.TrackingTable;
import dev.sluice.broker.session.Users;
import dev.sluice.streams.hub.Hub;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** All commands: the tables of the families, one after the other. */
public final class CommandTable {
    private CommandTable() {}

    /** What families need beyond the keyspace that each call brings. */
    public record Parts(
            Settings settings,
            Sessions sessions,
            TrackingTable tracking,
            Pause pause,
            Users users,
            Watches watches,
            Hub hub,
            Info info,
            Observed observed,
            String redisVersion,
            Runnable resetStatistics,
            Aside aside,
            MemoryFigures memory,
            Debugging debugging,
            Persistence persistence,
            Backups backups) {}

    /** What calls did, for SLOWLOG, LATENCY and MONITOR. */
    public record Observed(SlowLog slowLog, LatencyMonitor latency, Monitors monitors, Histograms histograms) {}

    /** The rows; {@code more} are those of families that the composition root makes itself. */
    public static List<Command> of(Parts parts, List<Command> more) {
        TransactionCommands transactions = new TransactionCommands(parts.watches());
        ConfigRewriting rewriting = new ConfigRewriting(parts.settings(), parts.users(), parts.aside());
        LongSupplier stringBytesMax = () -> parts.settings().number(Setting.PROTO_MAX_BULK_LEN);
        return Stream.of(
                        StringCommands.TABLE,
                        MultiStringCommands.TABLE,
                        CounterCommands.TABLE,
                        IncrexCommand.TABLE,
                        CompareAndSetCommands.TABLE,
                        new SubstringCommands(stringBytesMax).table(),
                        new LcsCommand(stringBytesMax).table(),
                        new BitmapCommands(stringBytesMax).table(),
                        BitopCommand.TABLE,
                        new BitfieldCommand(stringBytesMax).table(),
                        new HyperLogLogCommands(() -> parts.settings().number(Setting.HLL_SPARSE_MAX_BYTES)).table(),
                        KeyCommands.TABLE,
                        new FlushCommands(parts.persistence()).table(),
                        TransferCommands.TABLE,
                        new DumpCommands(parts.settings(), parts.persistence()).table(),
                        SortCommands.TABLE,
                        ObjectCommands.TABLE,
                        ReplicationCommands.TABLE,
                        ExpiryCommands.TABLE,
                        MemberExpiryCommands.TABLE,
                        LockCommands.TABLE,
                        ListCommands.TABLE,
                        ListElementCommands.TABLE,
                        ListMoveCommands.TABLE,
                        ListPopCommands.TABLE,
                        SetCommands.TABLE,
                        SetRandomCommands.TABLE,
                        SetAlgebraCommands.TABLE,
                        HashCommands.TABLE,
                        HashCounterCommands.TABLE,
                        HashWalkCommands.TABLE,
                        HashRandomCommands.TABLE,
                        HashLifetimeCommands.TABLE,
                        SortedSetCommands.TABLE,
                        SortedSetRangeCommands.TABLE,
                        SortedSetBoundCommands.TABLE,
                        SortedSetPopCommands.TABLE,
                        SortedSetRandomCommands.TABLE,
                        SortedSetAlgebraCommands.TABLE,
                        GeoCommands.TABLE,
                        GeoSearchCommands.TABLE,
                        new PubSubCommands(parts.hub(), new SlowSubscribers(parts.sessions())).table(),
                        transactions.table(),
                        new ConnectionCommands(parts.users(), transactions, parts.tracking(), parts.redisVersion())
                                .table(),
                        ClientCommands.table(
                                parts.sessions(),
                                parts.pause(),
                                parts.tracking(),
                                () -> parts.settings().integer(Setting.OUTBOX_MESSAGES_MAX)),
                        new ConfigCommands(
                                        parts.settings(),
                                        parts.resetStatistics(),
                                        rewriting,
                                        parts.aside(),
                                        parts.persistence()::turningOn)
                                .table(),
                        new InfoCommands(parts.info()).table(),
                        new ObservationCommands(
                                        parts.observed().slowLog(),
                                        parts.observed().monitors())
                                .table(),
                        new LatencyCommands(
                                        parts.observed().latency(),
                                        parts.observed().histograms(),
                                        parts.settings())
                                .table(),
                        CommandCommands.TABLE,
                        new AclCommands(parts.users()).table(),
                        ModuleCommands.TABLE,
                        new LolwutCommand(parts.redisVersion()).table(),
                        new MemoryCommands(parts.memory()).table(),
                        new DebugCommands(
                                        parts.debugging(),
                                        new DebugPopulate(stringBytesMax),
                                        rewriting,
                                        new DebugReload(parts.persistence()))
                                .table(),
                        new ServerCommands(parts.persistence()).table(),
                        new PersistenceCommands(parts.persistence()).table(),
                        new BackupCommands(parts.backups()).table(),
                        more)
                .flatMap(List::stream)
                .toList();
    }
}
