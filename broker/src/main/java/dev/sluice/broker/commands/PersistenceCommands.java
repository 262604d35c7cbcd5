package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.ADMIN;
import static dev.sluice.broker.command.Flag.BLOCKING;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.NOSCRIPT;
import static dev.sluice.broker.command.Flag.NO_ASYNC_LOADING;
import static dev.sluice.broker.command.Flag.NO_MULTI;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Category;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.command.Timeout;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;
import reactor.core.publisher.Mono;

/** When the data is written to files. */
final class PersistenceCommands {
    /** All that Redis says of it; the log has the reason. */
    static final Reply FAILED = Reply.error("ERR");

    private static final Reply SAVING = Reply.error("ERR Background save already in progress");

    private final Persistence persistence;

    PersistenceCommands(Persistence persistence) {
        this.persistence = persistence;
    }

    List<Command> table() {
        return Group.SERVER.rows(
                control("WAITAOF", 4)
                        .group(Group.GENERIC)
                        .since("7.2.0")
                        .flags(BLOCKING)
                        .categories(Category.CONNECTION)
                        .tips("request_policy:all_shards", "response_policy:agg_min")
                        .complexity("O(1)")
                        .says(
                                "Waits until the connection's writes are on the disk here, and on that of so many replicas.")
                        .takes(integer("numlocal"), integer("numreplicas"), integer("timeout"))
                        .runs(this::waitForced),
                control("SAVE", 1)
                        .since("1.0.0")
                        .flags(NO_ASYNC_LOADING, ADMIN, NOSCRIPT, NO_MULTI)
                        .complexity("O(N), N keys of all databases")
                        .says("Writes all data to its file, and answers when it is there.")
                        .runs(this::save),
                control("BGSAVE", -1)
                        .since("1.0.0")
                        .flags(NO_ASYNC_LOADING, ADMIN, NOSCRIPT)
                        .complexity("O(1)")
                        .says("Begins to write all data to its file.")
                        .changed("3.2.2", "Option SCHEDULE.")
                        .takes(word("schedule", "SCHEDULE").since("3.2.2").optional())
                        .runs(this::beginSave),
                control("LASTSAVE", 1)
                        .since("1.0.0")
                        .flags(LOADING, STALE, FAST)
                        .categories(Category.ADMIN, Category.DANGEROUS)
                        .tips("nondeterministic_output")
                        .complexity("O(1)")
                        .says("When all data was last written to its file, in seconds of Unix time.")
                        .runs(call -> Reply.integer(persistence.savedSeconds())),
                control("BGREWRITEAOF", 1)
                        .since("1.0.0")
                        .flags(NO_ASYNC_LOADING, ADMIN, NOSCRIPT)
                        .complexity("O(1)")
                        .says("Begins to write the append-only file anew, without what is over.")
                        .runs(this::beginRewrite));
    }

    private Reply waitForced(Call call) {
        long local = Args.toLong(call.argument(1), 0, 1, "ERR value is out of range, must be between 0 and 1");
        long replicas =
                Args.toLong(call.argument(2), 0, Integer.MAX_VALUE, "ERR value is out of range, must be positive");
        long timeoutMs = Timeout.wholeMs(call.argument(3));
        if (local > 0 && !persistence.isAppending()) {
            throw new CommandError("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");
        }
        boolean reached = persistence.isForced();
        if (replicas == 0 && (reached || local == 0) || !call.mayWait()) {
            return acknowledged(reached);
        }
        Reply.Later timed = (Reply.Later)
                call.waitFor(List.of(), Value.Type.STRING, timeoutMs, acknowledged(reached), (again, key) -> null);
        Mono<Reply> forced = persistence
                .whenForced()
                .thenReturn(acknowledged(true))
                .onErrorResume(CommandError.class, off -> Mono.just(off.reply()));
        return Reply.later(
                replicas > 0
                        ? timed.reply().map(over -> acknowledged(persistence.isForced()))
                        : Mono.firstWithSignal(forced, timed.reply()));
    }

    private static Reply acknowledged(boolean here) {
        return Reply.array(Reply.integer(here ? 1 : 0), Reply.integer(0));
    }

    private Reply save(Call call) {
        if (persistence.isSaving()) {
            return SAVING;
        }
        return Reply.later(persistence.save().map(done -> done ? Reply.Status.OK : FAILED));
    }

    private Reply beginSave(Call call) {
        boolean schedules = call.size() == 2 && call.argument(1).is("SCHEDULE");
        if (call.size() > 1 && !schedules) {
            throw CommandError.syntax();
        }
        if (persistence.isSaving()) {
            return SAVING;
        }
        boolean inside = !call.mayWait();
        if (!persistence.isBusy() && !inside) {
            return persistence.beginSave() ? new Reply.Status("Background saving started") : FAILED;
        }
        if (!schedules && !inside) {
            return Reply.error("ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE"
                    + " in order to schedule a BGSAVE whenever possible.");
        }
        persistence.scheduleSave();
        return new Reply.Status("Background saving scheduled");
    }

    private Reply beginRewrite(Call call) {
        if (persistence.isRewriting()) {
            return Reply.error("ERR Background append only file rewriting already in progress");
        }
        if (persistence.isBusy() || !call.mayWait()) {
            persistence.scheduleRewrite();
            return new Reply.Status("Background append only file rewriting scheduled");
        }
        return persistence.beginRewrite()
                ? new Reply.Status("Background append only file rewriting started")
                : Reply.error("ERR Can't execute an AOF background rewriting. Please check the server logs for more"
                        + " information.");
    }
}
