package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.SECRET;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.config.SettingsChange;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** CONFIG: the settings table over the wire. */
final class ConfigCommands {
    private static final Reply NOT_APPENDING =
            Reply.error("ERR CONFIG SET failed (possibly related to argument 'appendonly') - Unable to turn on AOF."
                    + " Check server logs.");

    private final Settings settings;
    private final Runnable resetStatistics;
    private final ConfigRewriting rewriting;
    private final Aside aside;
    private final Supplier<@Nullable Mono<Boolean>> appends;

    /** @param appends as {@link Persistence#turningOn} */
    ConfigCommands(
            Settings settings,
            Runnable resetStatistics,
            ConfigRewriting rewriting,
            Aside aside,
            Supplier<@Nullable Mono<Boolean>> appends) {
        this.appends = appends;
        this.settings = settings;
        this.resetStatistics = resetStatistics;
        this.rewriting = rewriting;
        this.aside = aside;
    }

    List<Command> table() {
        return Group.SERVER.rows(control("CONFIG", -2)
                .since("2.0.0")
                .complexity("As its subcommands")
                .says("Reads and changes settings.")
                .subcommands(List.of(
                        own("GET", -3)
                                .complexity("O(N), N settings asked for")
                                .says("The settings whose names match the patterns, and their values.")
                                .changed("7.0.0", "Several patterns.")
                                .takes(block("parameter", string("parameter")).multiple())
                                .runs(this::get),
                        own("SET", -4)
                                .flags(SECRET)
                                .hides(this::isSensitiveValue)
                                .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                                .complexity("O(N), N settings")
                                .says("Changes settings while the broker runs, all of them or none.")
                                .changed("7.0.0", "Several settings.")
                                .takes(block("parameter_value", string("parameter"), string("value"))
                                        .multiple())
                                .runs(this::set),
                        own("RESETSTAT", 2)
                                .complexity("O(1)")
                                .says("Begins the statistics of INFO anew.")
                                .runs(this::resetstat),
                        own("REWRITE", 2)
                                .since("2.8.0")
                                .complexity("O(1)")
                                .says(
                                        "Writes the settings into the configuration file that the broker was started with.")
                                .runs(call -> rewriting.run(call, false)),
                        Help.row("5.0.0"))));
    }

    private static Command own(String name, int arity) {
        return control(name, arity).since("2.0.0").flags(ADMIN, NOSCRIPT, LOADING, STALE);
    }

    private Reply get(Call call) {
        List<Bytes> patterns = new ArrayList<>(call.size() - 2);
        for (int i = 2; i < call.size(); i++) {
            patterns.add(call.argument(i));
        }
        List<Reply> pairs = new ArrayList<>();
        for (Settings.Entry entry : settings.get(patterns)) {
            pairs.add(entry.name());
            pairs.add(entry.value());
        }
        return new Reply.Map(pairs);
    }

    private Reply set(Call call) {
        if (call.size() % 2 != 0) {
            throw CommandError.syntax();
        }
        List<Settings.Entry> entries = new ArrayList<>();
        for (int i = 2; i < call.size(); i += 2) {
            entries.add(new Settings.Entry(
                    call.argument(i).detached(), call.argument(i + 1).detached()));
        }
        SettingsChange rest = settings.set(entries, call.session().connection().isLocal());
        if (rest == null) {
            return turnedOn(call, entries);
        }
        if (!call.mayWait()) {
            rest.undo();
            throw new CommandError("ERR CONFIG SET failed - port and bind cannot change inside a transaction");
        }
        return Reply.later(finished(rest));
    }

    /** The append-only file is opened by another thread: who asked for it hears when it is. */
    private Reply turnedOn(Call call, List<Settings.Entry> entries) {
        Mono<Boolean> turning = appends.get();
        if (turning == null
                || !call.mayWait()
                || entries.stream().noneMatch(entry -> entry.name().is("APPENDONLY"))) {
            return Reply.Status.OK;
        }
        return Reply.later(turning.map(worked -> worked ? Reply.Status.OK : NOT_APPENDING));
    }

    /** Goes on even if who asked for it is gone, perhaps by this very change. */
    private Mono<Reply> finished(SettingsChange change) {
        Mono<Reply> outcome = elsewhere(change.begin())
                .flatMap(reply -> reply instanceof Reply.Failure
                        ? elsewhere(change.undo()).thenReturn(reply)
                        : Mono.just(reply))
                .doOnTerminate(change::end)
                .cache();
        outcome.subscribe();
        return outcome;
    }

    private Mono<Reply> elsewhere(Runnable work) {
        return aside.run(() -> {
            try {
                work.run();
                return Reply.Status.OK;
            } catch (CommandError refused) {
                return refused.reply();
            }
        });
    }

    private boolean isSensitiveValue(Request request, int index) {
        if (index < 3 || index % 2 == 0) {
            return false;
        }
        Setting setting = settings.find(request.argument(index - 1).toLatin1());
        return setting != null && setting.isSensitive();
    }

    private Reply resetstat(Call call) {
        resetStatistics.run();
        return Reply.Status.OK;
    }
}
