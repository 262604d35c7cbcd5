package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Category.DANGEROUS;
import static dev.sluice.broker.command.Category.KEYSPACE;
import static dev.sluice.broker.command.Command.write;

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;
import reactor.core.publisher.Mono;

/** FLUSHDB and FLUSHALL: everything goes. */
final class FlushCommands {
    private static final Argument FLUSH_MODE = oneOf(
                    "async",
                    word("async", "ASYNC").since("4.0.0"),
                    word("sync", "SYNC").since("6.2.0"))
            .optional();

    private final Persistence persistence;

    FlushCommands(Persistence persistence) {
        this.persistence = persistence;
    }

    List<Command> table() {
        return Group.SERVER.rows(
                flush("FLUSHDB")
                        .complexity("O(N), N keys of the database")
                        .says("Removes all keys of the database.")
                        .runs(FlushCommands::flushdb),
                flush("FLUSHALL")
                        .complexity("O(N), N keys of all databases")
                        .says("Removes all keys of all databases.")
                        .runs(this::flushall));
    }

    private static Command flush(String name) {
        return write(name, -1)
                .since("1.0.0")
                .categories(KEYSPACE, DANGEROUS)
                .tips(KeyCommands.SHARDS_ALL, "response_policy:all_succeeded")
                .changed("4.0.0", "Option ASYNC.")
                .changed("6.2.0", "Option SYNC.")
                .takes(FLUSH_MODE);
    }

    private static void checkFlushMode(Call call) {
        if (call.size() > 2
                || call.size() == 2
                        && !call.argument(1).is("SYNC")
                        && !call.argument(1).is("ASYNC")) {
            throw CommandError.syntax();
        }
    }

    private static Reply flushdb(Call call) {
        checkFlushMode(call);
        flush(call, call.database());
        call.flushed();
        return Reply.Status.OK;
    }

    /** A snapshot holds what there was: redis-server saves what is left before it answers, and so does this. */
    private Reply flushall(Call call) {
        checkFlushMode(call);
        call.keyspace().databases().forEach(database -> flush(call, database));
        call.flushedAll();
        Mono<Void> saved = call.mayWait() ? persistence.savedAfterFlush() : null;
        return saved == null ? Reply.Status.OK : Reply.later(saved.thenReturn(Reply.Status.OK));
    }

    private static void flush(Call call, Database database) {
        call.changedAll(database);
        database.clear();
    }
}
