package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.pattern;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.CONNECTION_STATE;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.MAY_REPLICATE;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.PUBSUB;
import static dev.sluice.broker.command.Flag.STALE;
import static dev.sluice.broker.command.Flag.SUBSCRIBER;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.KeySpec;
import dev.sluice.broker.session.Session;
import dev.sluice.broker.session.SlowSubscribers;
import dev.sluice.streams.hub.Hub;
import dev.sluice.streams.hub.Subscriptions;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.HeapRoom;
import dev.sluice.streams.message.Published.Kind;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages to whoever listens. The hub knows who that is; these commands speak to it for a connection. */
final class PubSubCommands {
    private static final String SUBSCRIBE_ROUTE = "pubsub.subscribe";

    private static final int SLOW_COUNT = 10;
    private static final KeySpec SHARD_CHANNELS = KeySpec.keys(1, -1, 1, KeySpec.NOT_KEY);

    private final Hub hub;
    private final SlowSubscribers slow;

    PubSubCommands(Hub hub, SlowSubscribers slow) {
        this.hub = hub;
        this.slow = slow;
    }

    List<Command> table() {
        return Group.PUBSUB.rows(
                subscribing("SUBSCRIBE", -2)
                        .complexity("O(N), N channels")
                        .says("Listens to channels.")
                        .takes(string("channel").multiple())
                        .runs(call -> subscribe(call, Kind.CHANNEL, "subscribe")),
                subscribing("PSUBSCRIBE", -2)
                        .complexity("O(N), N patterns")
                        .says("Listens to all channels that match a pattern.")
                        .takes(block("pattern", pattern("pattern")).multiple())
                        .runs(call -> subscribe(call, Kind.PATTERN, "psubscribe")),
                subscribing("UNSUBSCRIBE", -1)
                        .complexity("O(N), N channels")
                        .says("Listens to channels no more, or to none at all.")
                        .takes(string("channel").optional().multiple())
                        .runs(call -> unsubscribe(call, Kind.CHANNEL, "unsubscribe")),
                subscribing("PUNSUBSCRIBE", -1)
                        .complexity("O(N+M), N patterns of the connection, M of all")
                        .says("Listens to patterns no more, or to none at all.")
                        .takes(pattern("pattern").optional().multiple())
                        .runs(call -> unsubscribe(call, Kind.PATTERN, "punsubscribe")),
                control("PUBLISH", 3)
                        .since("2.0.0")
                        .flags(PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE)
                        .complexity("O(N+M), N subscribers of the channel, M patterns")
                        .says("Sends a message to everybody who listens to a channel.")
                        .takes(string("channel"), string("message"))
                        .runs(this::publish),
                subscribing("SSUBSCRIBE", -2, SHARD_CHANNELS)
                        .since("7.0.0")
                        .complexity("O(N), N shard channels")
                        .says("Listens to shard channels.")
                        .takes(string("shardchannel").multiple())
                        .runs(this::ssubscribe),
                subscribing("SUNSUBSCRIBE", -1, SHARD_CHANNELS)
                        .since("7.0.0")
                        .complexity("O(N), N shard channels")
                        .says("Listens to shard channels no more, or to none at all.")
                        .takes(string("shardchannel").optional().multiple())
                        .runs(call -> unsubscribe(call, Kind.SHARD, "sunsubscribe")),
                control("SPUBLISH", 3, KeySpec.key(1, KeySpec.NOT_KEY))
                        .since("7.0.0")
                        .flags(PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE)
                        .complexity("O(N), N subscribers of the shard channel")
                        .says("Sends a message to everybody who listens to a shard channel.")
                        .takes(string("shardchannel"), string("message"))
                        .runs(this::publishToShard),
                control("PUBSUB", -2)
                        .since("2.8.0")
                        .complexity("As its subcommands")
                        .says("Looks at who listens to what.")
                        .subcommands(List.of(
                                looking("CHANNELS", -2)
                                        .complexity("O(N), N channels")
                                        .says("The channels that somebody listens to.")
                                        .takes(pattern("pattern").optional())
                                        .runs(call -> channels(call, Kind.CHANNEL)),
                                looking("NUMSUB", -2)
                                        .complexity("O(N), N channels asked for")
                                        .says("How many connections listen to each of the channels.")
                                        .takes(string("channel").optional().multiple())
                                        .runs(call -> numsub(call, Kind.CHANNEL)),
                                looking("NUMPAT", 2)
                                        .complexity("O(1)")
                                        .says("How many patterns somebody listens to.")
                                        .runs(call -> Reply.integer(hub.count(Kind.PATTERN))),
                                looking("SHARDCHANNELS", -2)
                                        .since("7.0.0")
                                        .complexity("O(N), N shard channels")
                                        .says("The shard channels that somebody listens to.")
                                        .takes(pattern("pattern").optional())
                                        .runs(call -> channels(call, Kind.SHARD)),
                                looking("SHARDNUMSUB", -2)
                                        .since("7.0.0")
                                        .complexity("O(N), N shard channels asked for")
                                        .says("How many connections listen to each of the shard channels.")
                                        .takes(string("shardchannel").optional().multiple())
                                        .runs(call -> numsub(call, Kind.SHARD)),
                                looking("SLOW", -2)
                                        .since("7.2.4")
                                        .complexity("O(N), N connections")
                                        .says("The subscribers for whom a message has waited longest.")
                                        .takes(integer("count").optional())
                                        .runs(this::slow),
                                Help.row("6.2.0"))));
    }

    private static Command subscribing(String name, int arity, KeySpec... channels) {
        return control(name, arity, channels)
                .since("2.0.0")
                .flags(PUBSUB, NOSCRIPT, LOADING, STALE, SUBSCRIBER, CONNECTION_STATE)
                .onRSocket(SUBSCRIBE_ROUTE);
    }

    private static Command looking(String name, int arity) {
        return control(name, arity).since("2.8.0").flags(PUBSUB, LOADING, STALE);
    }

    /** As Redis has it: unlike its older kin it is refused where each command must have one reply. */
    private Reply ssubscribe(Call call) {
        if (!call.mayWait()) {
            throw new CommandError("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
        }
        return subscribe(call, Kind.SHARD, "ssubscribe");
    }

    private Reply subscribe(Call call, Kind kind, String word) {
        Session session = call.session();
        Subscriptions subscriptions = session.subscriptions();
        if (subscriptions == null) {
            subscriptions = hub.join(session);
            session.subscriptions(subscriptions);
        }
        List<Reply> confirmations = new ArrayList<>(call.size() - 1);
        for (int i = 1; i < call.size(); i++) {
            Bytes name = call.argument(i).detached();
            subscriptions.add(kind, name);
            confirmations.add(confirmation(kind, word, name, subscriptions));
        }
        return new Reply.Sequence(confirmations);
    }

    private static Reply unsubscribe(Call call, Kind kind, String word) {
        Subscriptions subscriptions = call.session().subscriptions();
        List<Bytes> names = new ArrayList<>();
        if (call.size() > 1) {
            for (int i = 1; i < call.size(); i++) {
                names.add(call.argument(i).detached());
            }
        } else if (subscriptions != null) {
            names.addAll(subscriptions.list(kind));
        }
        List<Reply> confirmations = new ArrayList<>();
        for (Bytes name : names) {
            if (subscriptions != null) {
                subscriptions.remove(kind, name);
            }
            confirmations.add(confirmation(kind, word, name, subscriptions));
        }
        if (confirmations.isEmpty()) {
            confirmations.add(confirmation(kind, word, Reply.Null.STRING, subscriptions));
        }
        return new Reply.Sequence(confirmations);
    }

    /** What is left counts channels and patterns; shard channels are counted apart. */
    private static Reply confirmation(Kind kind, String word, Reply name, @Nullable Subscriptions subscriptions) {
        int left = 0;
        if (subscriptions != null) {
            left = kind == Kind.SHARD ? subscriptions.count(kind) : subscriptions.count();
        }
        return new Reply.Push(List.of(Bytes.of(word), name, Reply.integer(left)));
    }

    private Reply publish(Call call) {
        requireRoom(call);
        return Reply.integer(hub.publish(call.argument(1), call.argument(2)));
    }

    private Reply publishToShard(Call call) {
        requireRoom(call);
        return Reply.integer(hub.publishToShard(call.argument(1), call.argument(2)));
    }

    /** For the message as it is kept until all have received it: bare, and as each protocol writes it. */
    private static void requireRoom(Call call) {
        HeapRoom.require(3L * call.argument(2).length());
    }

    private Reply channels(Call call, Kind kind) {
        if (call.size() > 3) {
            throw new CommandError("ERR unknown subcommand or wrong number of arguments for '"
                    + call.argument(1).toLatin1() + "'. Try PUBSUB HELP.");
        }
        List<Bytes> names = hub.names(kind, call.size() == 3 ? call.argument(2) : null);
        return Reply.array(new ArrayList<>(names));
    }

    /** Ours. A map each, the slowest first. */
    private Reply slow(Call call) {
        if (call.size() > 3) {
            throw CommandError.syntax();
        }
        int count = call.size() < 3
                ? SLOW_COUNT
                : (int) Args.toLong(call.argument(2), 1, Integer.MAX_VALUE, "ERR count must be positive");
        List<Reply> rows = new ArrayList<>();
        for (SlowSubscribers.Slow each : slow.top(count, call.now())) {
            Session session = each.session();
            Session.Pushes pushes = each.pushes();
            rows.add(Reply.map(
                    Bytes.of("id"),
                    Reply.integer(session.id()),
                    Bytes.of("addr"),
                    Bytes.of(session.connection().address()),
                    Bytes.of("name"),
                    session.name(),
                    Bytes.of("wire"),
                    Bytes.of(session.connection().wire()),
                    Bytes.of("overflow"),
                    Bytes.of(pushes.overflow().text()),
                    Bytes.of("queued"),
                    Reply.integer(pushes.queued()),
                    Bytes.of("queued-bytes"),
                    Reply.integer(pushes.queuedBytes()),
                    Bytes.of("lost"),
                    Reply.integer(pushes.lost()),
                    Bytes.of("lag-ms"),
                    Reply.integer(pushes.lagMs())));
        }
        return Reply.array(rows);
    }

    private Reply numsub(Call call, Kind kind) {
        List<Reply> counts = new ArrayList<>();
        for (int i = 2; i < call.size(); i++) {
            counts.add(call.argument(i).detached());
            counts.add(Reply.integer(hub.subscribers(kind, call.argument(i))));
        }
        return Reply.array(counts);
    }
}
