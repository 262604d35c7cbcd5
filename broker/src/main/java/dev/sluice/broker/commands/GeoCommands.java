package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.word;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.commands.Geohash.Place;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;

/** Places of members, kept as the scores of a sorted set. Searches have a table of their own. */
final class GeoCommands {
    private static final int REPLY_BYTES_EXPECTED_MAX = 1 << 20;

    static final List<Command> TABLE = Group.GEO.rows(
            write("GEOADD", -5, key(1, "RW", "update"))
                    .since("3.2.0")
                    .flags(DENYOOM)
                    .complexity("O(log(N)) a member, N members in the set")
                    .says("Adds members with their places on earth, or moves them; creates the set if it is missing.")
                    .changed("6.2.0", "Options CH, NX and XX.")
                    .takes(key("key"))
                    .takes(oneOf("condition", word("nx", "NX"), word("xx", "XX"))
                            .since("6.2.0")
                            .optional())
                    .takes(word("change", "CH").since("6.2.0").optional())
                    .takes(block("longitude_latitude_member", number("longitude"), number("latitude"), string("member"))
                            .multiple())
                    .runs(GeoCommands::geoadd),
            read("GEODIST", -4, key(1, "RO", "access"))
                    .since("3.2.0")
                    .complexity("O(log(N))")
                    .says("How far apart two members are.")
                    .takes(key("key"), string("member1"), string("member2"), GeoArguments.UNIT.optional())
                    .runs(GeoCommands::geodist),
            ofMembers("GEOHASH")
                    .complexity("O(log(N)) a member, N members in the set")
                    .says("Places of members as geohashes, texts that other services understand.")
                    .runs(GeoCommands::geohash),
            ofMembers("GEOPOS")
                    .complexity("O(N), N members asked for")
                    .says("Longitudes and latitudes of members.")
                    .runs(GeoCommands::geopos));

    private static Command ofMembers(String name) {
        return read(name, -2, key(1, "RO", "access"))
                .since("3.2.0")
                .takes(key("key"), string("member").multiple());
    }

    private GeoCommands() {}

    private static Reply geoadd(Call call) {
        boolean nx = false;
        boolean xx = false;
        boolean ch = false;
        Args args = call.args(2);
        while (true) {
            if (args.skip("NX")) {
                nx = true;
            } else if (args.skip("XX")) {
                xx = true;
            } else if (args.skip("CH")) {
                ch = true;
            } else {
                break;
            }
        }
        if (args.remaining() == 0 || args.remaining() % 3 != 0 || nx && xx) {
            throw CommandError.syntax();
        }
        var options = new SortedSetCommands.AddOptions(nx, xx, false, false, ch, false, args.position());
        double[] scores = new double[args.remaining() / 3];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Geohash.score(GeoArguments.place(args));
            args.next();
        }
        return SortedSetCommands.add(call, options, scores, 3);
    }

    private static Reply geodist(Call call) {
        if (call.size() > 5) {
            throw CommandError.syntax();
        }
        double unit = call.size() == 5 ? GeoArguments.unit(call.argument(4)) : 1;
        SortedSet set = call.database().sortedSet(call.key());
        if (set == null) {
            return Reply.Null.STRING;
        }
        double from = set.score(call.argument(2));
        double to = set.score(call.argument(3));
        if (Double.isNaN(from) || Double.isNaN(to)) {
            return Reply.Null.STRING;
        }
        return Geohash.distanceText(Geohash.distance(Geohash.place(from), Geohash.place(to)) / unit);
    }

    private static Reply geohash(Call call) {
        return each(call, 32, (texts, score) -> {
            if (Double.isNaN(score)) {
                texts.addNull();
            } else {
                texts.add(Geohash.text(score));
            }
        });
    }

    private static Reply geopos(Call call) {
        return each(call, 32, (places, score) -> {
            if (Double.isNaN(score)) {
                places.addNullArray();
            } else {
                add(places, Geohash.place(score));
            }
        });
    }

    /** What of the member with this score, NaN if it is not there, goes into a reply. */
    private interface Item {
        void add(Packed reply, double score);
    }

    private static Reply each(Call call, int itemBytes, Item item) {
        SortedSet set = call.database().sortedSet(call.key());
        Packed reply = Packed.array((int) Math.min((long) call.size() * itemBytes, REPLY_BYTES_EXPECTED_MAX));
        for (int i = 2; i < call.size(); i++) {
            Bytes member = call.argument(i);
            item.add(reply, set == null ? Double.NaN : set.score(member));
        }
        return reply;
    }

    /** A longitude and a latitude, as an array. */
    static void add(Packed reply, Place place) {
        reply.nest(2).addFixed(place.longitude()).addFixed(place.latitude());
    }
}
