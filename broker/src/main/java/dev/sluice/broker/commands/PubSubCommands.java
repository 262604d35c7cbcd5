package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.CONNECTION_STATE;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.MAY_REPLICATE;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.PUBSUB;
import static dev.sluice.broker.command.Flag.STALE;
import static dev.sluice.broker.command.Flag.SUBSCRIBER;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.session.Session;
import dev.sluice.streams.hub.Hub;
import dev.sluice.streams.hub.Subscriptions;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Published.Kind;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/** Messages to whoever listens. The hub knows who that is; these commands speak to it for a connection. */
final class PubSubCommands {
    private static final String SUBSCRIBE_ROUTE = "pubsub.subscribe";

    private final Hub hub;

    PubSubCommands(Hub hub) {
        this.hub = hub;
    }

    List<Command> table() {
        return List.of(
                subscribing("SUBSCRIBE", -2).runs(call -> subscribe(call, Kind.CHANNEL, "subscribe")),
                subscribing("PSUBSCRIBE", -2).runs(call -> subscribe(call, Kind.PATTERN, "psubscribe")),
                subscribing("UNSUBSCRIBE", -1).runs(call -> unsubscribe(call, Kind.CHANNEL, "unsubscribe")),
                subscribing("PUNSUBSCRIBE", -1).runs(call -> unsubscribe(call, Kind.PATTERN, "punsubscribe")),
                control("PUBLISH", 3)
                        .flags(PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE)
                        .runs(this::publish),
                control("PUBSUB", -2)
                        .subcommands(List.of(
                                control("CHANNELS", -2)
                                        .flags(PUBSUB, LOADING, STALE)
                                        .runs(this::channels),
                                control("NUMSUB", -2)
                                        .flags(PUBSUB, LOADING, STALE)
                                        .runs(this::numsub),
                                control("NUMPAT", 2)
                                        .flags(PUBSUB, LOADING, STALE)
                                        .runs(call -> Reply.integer(hub.count(Kind.PATTERN))))));
    }

    private static Command subscribing(String name, int arity) {
        return control(name, arity)
                .flags(PUBSUB, NOSCRIPT, LOADING, STALE, SUBSCRIBER, CONNECTION_STATE)
                .onRSocket(SUBSCRIBE_ROUTE);
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
            confirmations.add(confirmation(word, name, subscriptions));
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
            confirmations.add(confirmation(word, name, subscriptions));
        }
        if (confirmations.isEmpty()) {
            confirmations.add(confirmation(word, Reply.Null.STRING, subscriptions));
        }
        return new Reply.Sequence(confirmations);
    }

    /** What is left counts channels and patterns; shard channels are counted apart. */
    private static Reply confirmation(
            String word, Reply name, @org.jspecify.annotations.Nullable Subscriptions subscriptions) {
        int left = subscriptions == null ? 0 : subscriptions.count(Kind.CHANNEL) + subscriptions.count(Kind.PATTERN);
        return new Reply.Push(List.of(Bytes.of(word), name, Reply.integer(left)));
    }

    private Reply publish(Call call) {
        return Reply.integer(hub.publish(call.argument(1), call.argument(2)));
    }

    private Reply channels(Call call) {
        if (call.size() > 3) {
            throw new CommandError(
                    "ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. Try PUBSUB HELP.");
        }
        List<Bytes> names = hub.names(Kind.CHANNEL, call.size() == 3 ? call.argument(2) : null);
        return Reply.array(new ArrayList<>(names));
    }

    private Reply numsub(Call call) {
        List<Reply> counts = new ArrayList<>();
        for (int i = 2; i < call.size(); i++) {
            counts.add(call.argument(i).detached());
            counts.add(Reply.integer(hub.subscribers(Kind.CHANNEL, call.argument(i))));
        }
        return Reply.array(counts);
    }
}
