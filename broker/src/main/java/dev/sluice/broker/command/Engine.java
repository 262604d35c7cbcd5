package dev.sluice.broker.command;

import dev.sluice.broker.data.Value;
import dev.sluice.broker.session.Session;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What a call may ask of the dispatcher that runs it. */
public interface Engine {
    /** The row a request names, its subcommand's if it names one; null if there is none. */
    @Nullable
    Command find(Request request);

    /** All rows without their subcommands, in the order of the table. */
    List<Command> commands();

    /** Runs a call inside the present one (EXEC, scripts): same time, same journal record, no waiting. */
    Reply nested(Session session, Command command, Request request);

    /**
     * Waits until one of the keys holds something of this type and the attempt succeeds on it.
     *
     * @param type null waits until one of the keys is gone
     * @param timeoutMs 0 waits for ever
     * @param onTimeout what is answered then
     */
    Mono<Reply> waitFor(
            Call call, List<Bytes> keys, Value.@Nullable Type type, long timeoutMs, Reply onTimeout, Attempt attempt);

    /** How many calls wait until a key is gone. */
    int awaitingGone(int database, Bytes key);

    /** One try to serve a client that waits: its reply, or null if this key cannot serve it after all. */
    @FunctionalInterface
    interface Attempt {
        @Nullable
        Reply serve(Call call, Bytes key);
    }
}
