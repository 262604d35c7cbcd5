package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.SECRET;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.config.Settings;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/** CONFIG: the settings table over the wire. */
final class ConfigCommands {
    private final Settings settings;
    private final Runnable resetStatistics;

    ConfigCommands(Settings settings, Runnable resetStatistics) {
        this.settings = settings;
        this.resetStatistics = resetStatistics;
    }

    List<Command> table() {
        return List.of(control("CONFIG", -2)
                .subcommands(List.of(
                        own("GET", -3).runs(this::get),
                        own("SET", -4).flags(SECRET).runs(this::set),
                        own("RESETSTAT", 2).runs(this::resetstat))));
    }

    private static Command own(String name, int arity) {
        return control(name, arity).flags(ADMIN, NOSCRIPT, LOADING, STALE);
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
            throw new CommandError("ERR wrong number of arguments for 'config|set' command");
        }
        List<Settings.Entry> entries = new ArrayList<>();
        for (int i = 2; i < call.size(); i += 2) {
            entries.add(new Settings.Entry(
                    call.argument(i).detached(), call.argument(i + 1).detached()));
        }
        settings.set(entries, true);
        return Reply.Status.OK;
    }

    private Reply resetstat(Call call) {
        resetStatistics.run();
        return Reply.Status.OK;
    }
}
