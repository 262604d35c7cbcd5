package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.KeySpec.after;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.commands.GeoQuery.Found;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.resp.Decimals;
import java.util.ArrayList;
import java.util.List;

/** Members near a place, or near another member. */
final class GeoSearchCommands {
    private static final int REPLY_BYTES_EXPECTED_MAX = 1 << 20;

    private static final Argument ANY = word("any", "ANY");
    private static final Argument CIRCLE = block("circle", number("radius").token("BYRADIUS"), GeoArguments.UNIT);
    private static final Argument BOX =
            block("box", number("width").token("BYBOX"), number("height"), GeoArguments.UNIT);
    private static final Argument POLYGON = block(
                    "polygon",
                    integer("num-vertices").token("BYPOLYGON"),
                    block("vertices", GeoArguments.place()).multiple())
            .since("9.0.0");

    static final List<Command> TABLE = Group.GEO.rows(
            searching(read("GEOSEARCH", -7, key(1, "RO", "access")).takes(key("key")))
                    .says("Members within a circle or a box around a place or a member, or within a polygon.")
                    .takes(GeoArguments.WITHCOORD, GeoArguments.WITHDIST, GeoArguments.WITHHASH)
                    .runs(call -> search(call, GeoQuery.Dialect.SEARCH)),
            searching(write("GEOSEARCHSTORE", -8, key(1, "OW", "update"), key(2, "RO", "access"))
                            .flags(DENYOOM)
                            .takes(key("destination"), key("source", 1)))
                    .says("Stores what GEOSEARCH finds, in place of whatever was there.")
                    .takes(word("storedist", "STOREDIST").optional())
                    .runs(call -> search(call, GeoQuery.Dialect.SEARCH_STORE)),
            aroundPlace(storing("GEORADIUS", -6))
                    .since("3.2.0")
                    .changed("6.2.0", "Option ANY of COUNT.")
                    .changed("7.0.0", GeoArguments.UPPER_CASE_UNITS)
                    .deprecated("6.2.0", "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument")
                    .says("Members within a circle around a place; returns or stores them.")
                    .takes(stored())
                    .runs(call -> search(call, GeoQuery.Dialect.RADIUS)),
            aroundPlace(read("GEORADIUS_RO", -6, key(1, "RO", "access")))
                    .since("3.2.10")
                    .changed("6.2.0", "Option ANY of COUNT.")
                    .deprecated("6.2.0", "`GEOSEARCH` with the `BYRADIUS` argument")
                    .says("Members within a circle around a place.")
                    .runs(call -> search(call, GeoQuery.Dialect.RADIUS_RO)),
            aroundMember(storing("GEORADIUSBYMEMBER", -5))
                    .since("3.2.0")
                    .changed("7.0.0", GeoArguments.UPPER_CASE_UNITS)
                    .deprecated(
                            "6.2.0", "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments")
                    .says("Members within a circle around a member; returns or stores them.")
                    .takes(stored())
                    .runs(call -> search(call, GeoQuery.Dialect.RADIUS_BY_MEMBER)),
            aroundMember(read("GEORADIUSBYMEMBER_RO", -5, key(1, "RO", "access")))
                    .since("3.2.10")
                    .deprecated("6.2.0", "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments")
                    .says("Members within a circle around a member.")
                    .runs(call -> search(call, GeoQuery.Dialect.RADIUS_BY_MEMBER_RO)));

    private static Command searching(Command command) {
        return command.since("6.2.0")
                .changed("7.0.0", GeoArguments.UPPER_CASE_UNITS)
                .changed("9.0.0", "Option BYPOLYGON, which Valkey has.")
                .complexity(
                        "O(N+log(M)), N members in the map's cells around the shape, M in the shape; a polygon takes "
                                + "as much time for each of its edges")
                .takes(oneOf(
                        "from",
                        string("member").token("FROMMEMBER"),
                        block("longitude_latitude", GeoArguments.place()).token("FROMLONLAT")))
                .takes(oneOf("by", CIRCLE, BOX, POLYGON))
                .takes(GeoArguments.ORDER, GeoArguments.count(ANY));
    }

    private static Command storing(String name, int arity) {
        int from = -arity;
        return write(
                        name,
                        arity,
                        key(1, "RO", "access"),
                        after("STORE", from, "OW", "update"),
                        after("STOREDIST", from, "OW", "update"))
                .flags(DENYOOM);
    }

    private static Argument[] stored() {
        return new Argument[] {
            key("key", 1).token("STORE").optional(),
            key("key", 2).token("STOREDIST").optional()
        };
    }

    private static Command aroundPlace(Command command) {
        return within(command.takes(key("key")).takes(GeoArguments.place()), ANY.since("6.2.0"));
    }

    private static Command aroundMember(Command command) {
        return within(command.takes(key("key"), string("member")), ANY);
    }

    private static Command within(Command command, Argument any) {
        return command.complexity("O(N+log(M)), N members in the map's cells around the circle, M in the set")
                .takes(number("radius"), GeoArguments.UNIT)
                .takes(GeoArguments.WITHCOORD, GeoArguments.WITHDIST, GeoArguments.WITHHASH)
                .takes(GeoArguments.count(any), GeoArguments.ORDER);
    }

    private static final int MEMBERS_AN_EFFECT = 1000;

    private GeoSearchCommands() {}

    private static Reply search(Call call, GeoQuery.Dialect dialect) {
        // What a command reads counts as hits and misses also where it writes elsewhere.
        call.keyspace().countHits(true);
        SortedSet set = call.database().sortedSet(call.argument(dialect.source()));
        GeoQuery query = GeoQuery.parse(call, dialect, set);
        call.keyspace().countHits(!call.command().isWrite());
        List<Found> found = set == null ? List.of() : query.find(set);
        Bytes destination = query.destination();
        return destination == null ? reply(query, found) : store(call, query, found, destination);
    }

    private static Reply reply(GeoQuery query, List<Found> found) {
        int items = 1 + (query.withDistance() ? 1 : 0) + (query.withHash() ? 1 : 0) + (query.withPlace() ? 1 : 0);
        Packed reply = Packed.array((int) Math.min(found.size() * 32L * items, REPLY_BYTES_EXPECTED_MAX));
        for (Found each : found) {
            if (items > 1) {
                reply.nest(items);
            }
            reply.add(each.member());
            if (query.withDistance()) {
                reply.add(Geohash.distanceText(each.distance() / query.unit()));
            }
            if (query.withHash()) {
                reply.addInteger((long) each.score());
            }
            if (query.withPlace()) {
                GeoCommands.add(reply, each.place());
            }
        }
        return reply;
    }

    private static Reply store(Call call, GeoQuery query, List<Found> found, Bytes destination) {
        try (Fresh<SortedSet> result = call.database().freshSortedSet(destination)) {
            for (Found each : found) {
                double score = query.storesDistance() ? each.distance() / query.unit() : each.score();
                result.value().put(each.member(), score);
            }
            if (query.area() instanceof GeoPolygon && call.isJournalled()) {
                stateResult(call, destination, result.value());
            }
            Event event = query.dialect().searches() ? Event.GEOSEARCHSTORE : Event.GEORADIUSSTORE;
            return SortedSetAlgebraCommands.store(call, destination, result, event);
        }
    }

    /** redis-server 7.0 does not know polygons, and is to read the journal. */
    private static void stateResult(Call call, Bytes destination, SortedSet result) {
        if (result.size() > 0 || call.database().exists(destination)) {
            call.effect(Effects.del(destination));
        }
        List<Bytes> words = new ArrayList<>();
        result.range(0, result.size() - 1, false, (array, offset, length, score) -> {
            words.add(Decimals.text(score));
            words.add(Bytes.view(array, offset, length).detached());
            if (words.size() >= 2 * MEMBERS_AN_EFFECT) {
                call.effect(Effects.zadd(destination, words));
                words.clear();
            }
            return true;
        });
        if (!words.isEmpty()) {
            call.effect(Effects.zadd(destination, words));
        }
    }
}
