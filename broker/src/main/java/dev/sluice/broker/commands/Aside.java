package dev.sluice.broker.commands;

import dev.sluice.streams.message.Reply;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Work that may wait for a disk: away from the keyspace loop, in order; its reply comes back on the loop. */
@FunctionalInterface
public interface Aside {
    Mono<Reply> run(Supplier<Reply> work);
}
