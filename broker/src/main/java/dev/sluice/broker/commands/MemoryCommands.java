package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.metric.MemoryUse;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/** MEMORY: what takes how much. */
final class MemoryCommands {
    private final MemoryFigures figures;

    MemoryCommands(MemoryFigures figures) {
        this.figures = figures;
    }

    List<Command> table() {
        return Group.SERVER.rows(control("MEMORY", -2)
                .since("4.0.0")
                .complexity("As its subcommands")
                .says("What takes how much memory.")
                .subcommands(List.of(
                        report("DOCTOR")
                                .complexity("O(1)")
                                .says("What is unusual about the broker's memory, as text.")
                                .runs(call -> text(MemoryReport.of(figures.use()))),
                        report("MALLOC-STATS")
                                .complexity("Depends on how many large collections there are")
                                .says("The arenas and what of them is in use, as text.")
                                .runs(call -> text(figures.arenas())),
                        control("PURGE", 2)
                                .since("4.0.0")
                                .tips("request_policy:all_shards", "response_policy:all_succeeded")
                                .complexity("Depends on how much is held ready")
                                .says("Gives memory that is held ready back to the operating system.")
                                .runs(this::purge),
                        report("STATS")
                                .complexity("O(1), and a look at each client")
                                .says("What memory is used for.")
                                .runs(this::stats),
                        read("USAGE", -3, key(2, "RO"))
                                .since("4.0.0")
                                .complexity("O(N), N blocks of a list or of a long string; O(1) for what has an arena")
                                .says("Bytes that a key and its value take, exactly: nothing is sampled.")
                                .takes(key("key"))
                                .takes(integer("count").token("SAMPLES").optional())
                                .runs(MemoryCommands::usage),
                        Help.row("4.0.0"))));
    }

    private static Command report(String name) {
        return control(name, 2)
                .since("4.0.0")
                .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special");
    }

    private static Reply text(String lines) {
        return new Reply.Verbatim("txt", Bytes.of(lines));
    }

    private Reply purge(Call call) {
        figures.purge();
        return Reply.Status.OK;
    }

    private static Reply usage(Call call) {
        Args args = call.args(3);
        while (args.hasNext()) {
            if (args.remaining() < 2 || !args.skip("SAMPLES") || args.nextLong() < 0) {
                throw CommandError.syntax();
            }
        }
        long bytes = call.database().bytesUsed(call.argument(2));
        return bytes == 0 ? Reply.Null.STRING : Reply.integer(bytes);
    }

    private Reply stats(Call call) {
        MemoryUse use = figures.use();
        Pairs pairs = new Pairs()
                .add("peak.allocated", use.peak())
                .add("total.allocated", use.used())
                .add("startup.allocated", use.startup())
                .none("replication.backlog", "clients.slaves")
                .add("clients.normal", use.clients())
                .none("cluster.links", "aof.buffer", "lua.caches", "functions.caches");
        for (MemoryUse.Tables tables : use.tables()) {
            pairs.add("db." + tables.database(), of(tables));
        }
        pairs.add("overhead.total", use.overhead())
                .add("keys.count", use.keys())
                .add("keys.bytes-per-key", use.bytesPerKey())
                .add("dataset.bytes", use.dataset())
                .add("dataset.percentage", Reply.decimal(use.datasetShare() * 100))
                .add("peak.percentage", Reply.decimal(use.peakShare() * 100))
                .add("allocator.allocated", use.allocated())
                .add("allocator.active", use.active())
                .add("allocator.resident", use.held())
                .compared("allocator-fragmentation", use.active(), use.allocated())
                .compared("allocator-rss", use.held(), use.active())
                .compared("rss-overhead", use.resident(), use.held())
                .add("fragmentation", Reply.decimal(MemoryUse.ratio(use.resident(), use.used())))
                .add("fragmentation.bytes", use.resident() - use.used());
        return new Reply.Map(pairs.list);
    }

    private static Reply of(MemoryUse.Tables tables) {
        return new Reply.Map(new Pairs()
                .add("overhead.hashtable.main", tables.bytes())
                .none("overhead.hashtable.expires", "overhead.hashtable.slot-to-keys")
                .list);
    }

    /** A map while it is filled. */
    private static final class Pairs {
        private final List<Reply> list = new ArrayList<>();

        Pairs add(String name, Reply value) {
            list.add(Bytes.of(name));
            list.add(value);
            return this;
        }

        Pairs add(String name, long value) {
            return add(name, Reply.integer(value));
        }

        /** Of what does not exist here. */
        Pairs none(String... names) {
            for (String name : names) {
                add(name, 0);
            }
            return this;
        }

        Pairs compared(String name, long larger, long smaller) {
            return add(name + ".ratio", Reply.decimal(MemoryUse.ratio(larger, smaller)))
                    .add(name + ".bytes", larger - smaller);
        }
    }
}
