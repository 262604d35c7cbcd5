package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.KeySpec.counted;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/** Several sorted sets, or sets, at a time: what they have in common, all together, or what only the first has. */
final class SortedSetAlgebraCommands {
    private static final String UNION = "O(N)+O(M*log(M)), N members of all sets, M of the result";
    private static final String INTERSECTION =
            "O(N*K)+O(M*log(M)), N members of the smallest of K sets, M of the result";
    private static final String DIFFERENCE =
            "O(L + (N-K)log(N)), L members of all sets, N of the first, K of the result";

    private static final Argument WEIGHTS =
            integer("weight").token("WEIGHTS").optional().multiple();
    private static final Argument AGGREGATE = oneOf(
                    "aggregate", word("sum", "SUM"), word("min", "MIN"), word("max", "MAX"))
            .token("AGGREGATE")
            .optional();
    private static final Argument WITHSCORES = word("withscores", "WITHSCORES").optional();

    static final List<Command> TABLE = Group.SORTED_SET.rows(
            reading("ZUNION")
                    .complexity(UNION)
                    .says("The members that any of several sorted sets has, with their scores added up.")
                    .takes(WEIGHTS, AGGREGATE, WITHSCORES)
                    .runs(call -> show(call, Operation.UNION)),
            reading("ZINTER")
                    .complexity(INTERSECTION)
                    .says("The members that all of several sorted sets have, with their scores added up.")
                    .takes(WEIGHTS, AGGREGATE, WITHSCORES)
                    .runs(call -> show(call, Operation.INTERSECTION)),
            reading("ZDIFF")
                    .complexity(DIFFERENCE)
                    .says("The members of the first of several sorted sets that none of the others has.")
                    .takes(WITHSCORES)
                    .runs(call -> show(call, Operation.DIFFERENCE)),
            read("ZINTERCARD", -3, counted(1, 1, "RO", "access"))
                    .since("7.0.0")
                    .complexity("O(N*K), N members of the smallest of K sets")
                    .says("How many members all of several sorted sets have; counts no further than a limit.")
                    .takes(integer("numkeys"), key("key").multiple())
                    .takes(integer("limit").token("LIMIT").optional())
                    .runs(SortedSetAlgebraCommands::zintercard),
            storing("ZUNIONSTORE", "2.0.0")
                    .complexity("O(N)+O(M log(M)), N members of all sets, M of the result")
                    .says("Stores what ZUNION answers, in place of whatever was there.")
                    .takes(WEIGHTS, AGGREGATE)
                    .runs(call -> store(call, Operation.UNION, Event.ZUNIONSTORE)),
            storing("ZINTERSTORE", "2.0.0")
                    .complexity(INTERSECTION)
                    .says("Stores what ZINTER answers, in place of whatever was there.")
                    .takes(WEIGHTS, AGGREGATE)
                    .runs(call -> store(call, Operation.INTERSECTION, Event.ZINTERSTORE)),
            storing("ZDIFFSTORE", "6.2.0")
                    .complexity(DIFFERENCE)
                    .says("Stores what ZDIFF answers, in place of whatever was there.")
                    .runs(call -> store(call, Operation.DIFFERENCE, Event.ZDIFFSTORE)));

    private static Command reading(String name) {
        return read(name, -3, counted(1, 1, "RO", "access"))
                .since("6.2.0")
                .takes(integer("numkeys"), key("key").multiple());
    }

    private static Command storing(String name, String since) {
        return write(name, -4, key(1, "OW", "update"), counted(2, 1, "RO", "access"))
                .since(since)
                .flags(DENYOOM)
                .takes(key("destination"), integer("numkeys"), key("key", 1).multiple());
    }

    private SortedSetAlgebraCommands() {}

    private enum Operation {
        UNION,
        INTERSECTION,
        DIFFERENCE
    }

    /** {@code limit} is 0 for none. */
    private record Query(
            List<ScoredInput> inputs, SortedSetAlgebra.Aggregate aggregate, boolean withScores, long limit) {}

    /** Reads a request from its number of keys on; the keys are looked up before options are read, as Redis does. */
    private static final class Parser {
        private final boolean weighs;
        private final boolean showsScores;
        private final boolean limits;
        private final Args args;
        private final List<ScoredInput> inputs;
        private SortedSetAlgebra.Aggregate aggregate = SortedSetAlgebra.Aggregate.SUM;
        private boolean withScores;
        private long limit;

        private Parser(Call call, int at, boolean weighs, boolean showsScores, boolean limits) {
            this.weighs = weighs;
            this.showsScores = showsScores;
            this.limits = limits;
            int keys = keys(call, at);
            this.inputs = inputs(call, at + 1, keys);
            this.args = call.args(at + 1 + keys);
        }

        static Query read(Call call, int at, boolean weighs, boolean showsScores, boolean limits) {
            Parser parser = new Parser(call, at, weighs, showsScores, limits);
            while (parser.args.hasNext()) {
                parser.option();
            }
            return new Query(parser.inputs, parser.aggregate, parser.withScores, parser.limit);
        }

        private static int keys(Call call, int at) {
            long keys = Args.toLong(call.argument(at));
            if (keys < 1) {
                throw new CommandError("ERR at least 1 input key is needed for '"
                        + call.command().fullName() + "' command");
            }
            if (keys > call.size() - at - 1) {
                throw CommandError.syntax();
            }
            return (int) keys;
        }

        private static List<ScoredInput> inputs(Call call, int from, int count) {
            // What a command reads counts as hits and misses also where it writes elsewhere.
            call.keyspace().countHits(true);
            List<ScoredInput> inputs = new ArrayList<>(count);
            for (int i = from; i < from + count; i++) {
                inputs.add(ScoredInput.of(call.argument(i), call.database().value(call.argument(i))));
            }
            call.keyspace().countHits(!call.command().isWrite());
            return inputs;
        }

        private void option() {
            if (weighs && args.remaining() > inputs.size() && args.skip("WEIGHTS")) {
                inputs.replaceAll(input -> input.weighing(weight(args.next())));
            } else if (weighs && args.remaining() > 1 && args.skip("AGGREGATE")) {
                aggregate = aggregate();
            } else if (showsScores && args.skip("WITHSCORES")) {
                withScores = true;
            } else if (limits && args.remaining() > 1 && args.skip("LIMIT")) {
                limit = limit(args.next());
            } else {
                throw CommandError.syntax();
            }
        }

        private static double weight(Bytes text) {
            double weight = Numbers.toDouble(text);
            if (Double.isNaN(weight)) {
                throw new CommandError("ERR weight value is not a float");
            }
            return weight;
        }

        private SortedSetAlgebra.Aggregate aggregate() {
            for (SortedSetAlgebra.Aggregate each : SortedSetAlgebra.Aggregate.values()) {
                if (args.skip(each.name())) {
                    return each;
                }
            }
            throw CommandError.syntax();
        }

        private static long limit(Bytes text) {
            String negative = "ERR LIMIT can't be negative";
            long limit = Args.toLong(text, negative);
            if (limit < 0) {
                throw new CommandError(negative);
            }
            return limit;
        }
    }

    private static Reply show(Call call, Operation operation) {
        Query query = Parser.read(call, 1, operation != Operation.DIFFERENCE, true, false);
        try (Fresh<SortedSet> fresh = call.database().freshSortedSet(Bytes.EMPTY)) {
            SortedSet result = fresh.value();
            fill(call, operation, query, result);
            boolean inPairs = query.withScores() && call.resp3();
            Span all = new Span(0, result.size() - 1);
            return SortedSetRangeCommands.members(result, all, false, query.withScores(), inPairs);
        }
    }

    private static Reply store(Call call, Operation operation, Event event) {
        Query query = Parser.read(call, 2, operation != Operation.DIFFERENCE, false, false);
        try (Fresh<SortedSet> result = call.database().freshSortedSet(call.argument(1))) {
            fill(call, operation, query, result.value());
            result.value().dropZeroSigns();
            return store(call, result, event);
        }
    }

    /** Puts a result under argument 1, or removes what is there if the result is empty; answers its size. */
    static Reply store(Call call, Fresh<SortedSet> result, Event event) {
        return store(call, call.argument(1), result, event);
    }

    static Reply store(Call call, Bytes destination, Fresh<SortedSet> result, Event event) {
        long size = result.value().size();
        if (size > 0) {
            result.store();
            call.changed(destination, event);
        } else if (call.database().delete(destination)) {
            call.changed(destination, Event.DEL);
        }
        return Reply.integer(size);
    }

    private static void fill(Call call, Operation operation, Query query, SortedSet result) {
        result.keepZeroSigns();
        switch (operation) {
            case UNION -> SortedSetAlgebra.union(query.inputs(), query.aggregate(), result);
            case INTERSECTION -> SortedSetAlgebra.intersection(query.inputs(), query.aggregate(), into(result));
            case DIFFERENCE -> subtract(call, query.inputs(), result);
        }
    }

    private static void subtract(Call call, List<ScoredInput> inputs, SortedSet result) {
        Bytes first = inputs.getFirst().key();
        for (ScoredInput other : inputs.subList(1, inputs.size())) {
            if (other.key().equals(first)) {
                return;
            }
        }
        try (Fresh<SetValue> room = call.database().freshSet(Bytes.EMPTY)) {
            SortedSetAlgebra.difference(inputs, room.value(), into(result));
        }
    }

    private static SortedSet.Visitor into(SortedSet result) {
        return (array, offset, length, score) -> {
            result.put(Bytes.view(array, offset, length), score);
            return true;
        };
    }

    private static Reply zintercard(Call call) {
        Query query = Parser.read(call, 1, false, false, true);
        long[] found = {0};
        SortedSetAlgebra.intersection(
                query.inputs(),
                SortedSetAlgebra.Aggregate.SUM,
                (array, offset, length, score) -> ++found[0] != query.limit());
        return Reply.integer(found[0]);
    }
}
