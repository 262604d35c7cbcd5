package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.NO_MULTI;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.persist.Backups;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** BACKUP, which Redis has not: copies of all data, made while commands go on. */
final class BackupCommands {
    private static final String SINCE = "0.1.0";

    private final Backups backups;

    BackupCommands(Backups backups) {
        this.backups = backups;
    }

    List<Command> table() {
        return Group.SERVER.rows(control("BACKUP", -2)
                .since(SINCE)
                .complexity("As its subcommands")
                .says("Copies of all data, each a directory that a broker can be started in.")
                .subcommands(List.of(
                        own("START")
                                .complexity("O(1) to begin; O(N), N keys, in the background")
                                .says("Begins a backup, and says in which directory it will be.")
                                .runs(this::start),
                        own("STATUS")
                                .complexity("O(1)")
                                .tips("nondeterministic_output")
                                .says("How far the backup is that is being made, and what became of the last.")
                                .runs(this::status),
                        own("LIST")
                                .complexity("O(N), N backups")
                                .tips("nondeterministic_output")
                                .says("The backups that are complete, with their bytes.")
                                .runs(this::list),
                        own("ABORT")
                                .complexity("O(1)")
                                .says("Gives the backup up that is being made.")
                                .runs(this::abort),
                        Help.row(SINCE))));
    }

    private static Command own(String name) {
        return control(name, 2).since(SINCE).flags(ADMIN, NOSCRIPT, NO_MULTI);
    }

    private Reply start(Call call) {
        return Reply.later(backups.start()
                .<Reply>map(Bytes::of)
                .onErrorResume(CommandError.class, refused -> Mono.just(refused.reply())));
    }

    private Reply status(Call call) {
        Backups.Status status = backups.status();
        return Reply.map(
                Bytes.of("state"),
                Bytes.of(status.running() == null ? "idle" : "running"),
                Bytes.of("directory"),
                text(status.running()),
                Bytes.of("started"),
                Reply.integer(status.startedSeconds()),
                Bytes.of("keys-done"),
                Reply.integer(status.keysDone()),
                Bytes.of("keys-total"),
                Reply.integer(status.keysTotal()),
                Bytes.of("last-directory"),
                text(status.last()),
                Bytes.of("last-problem"),
                text(status.lastProblem()));
    }

    private static Reply text(@Nullable String text) {
        return text == null ? Reply.Null.STRING : Bytes.of(text);
    }

    private Reply list(Call call) {
        return Reply.later(backups.list().map(all -> {
            List<Reply> rows = new ArrayList<>();
            for (Backups.Backup backup : all) {
                rows.add(Reply.map(
                        Bytes.of("directory"),
                        Bytes.of(backup.directory()),
                        Bytes.of("bytes"),
                        Reply.integer(backup.bytes())));
            }
            return Reply.array(rows);
        }));
    }

    private Reply abort(Call call) {
        if (!backups.abort()) {
            throw new CommandError("ERR No backup is in progress");
        }
        return Reply.Status.OK;
    }
}
