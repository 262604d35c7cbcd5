package dev.sluice.broker.commands;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.commands.Geohash.Place;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.HeapRoom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a search is told.
 *
 * @param area null where the set is missing, which makes what it depends on unknown
 * @param count how many to find, 0 for all
 * @param any any of them, not the nearest
 * @param destination where to store what was found; null: it is the reply
 */
record GeoQuery(
        Dialect dialect,
        @Nullable GeoArea area,
        Order order,
        long count,
        boolean any,
        boolean withDistance,
        boolean withHash,
        boolean withPlace,
        @Nullable Bytes destination,
        boolean storesDistance) {
    /** What a member found takes on the heap beside its bytes: itself, its place, its place in a list. */
    private static final int FOUND_OVERHEAD_BYTES = 160;

    /** How many are found between two questions for room. */
    private static final int FOUND_AT_ONCE = 1 << 16;

    private static final Comparator<Found> NEAREST = Comparator.comparingDouble(Found::distance);

    enum Order {
        NONE,
        ASCENDING,
        DESCENDING
    }

    /** Whose arguments it reads: the set's key is argument {@code source}, options begin at {@code options}. */
    enum Dialect {
        SEARCH(1, 2),
        SEARCH_STORE(2, 3),
        RADIUS(1, 6),
        RADIUS_RO(1, 6),
        RADIUS_BY_MEMBER(1, 5),
        RADIUS_BY_MEMBER_RO(1, 5);

        private final int source;
        private final int options;

        Dialect(int source, int options) {
            this.source = source;
            this.options = options;
        }

        int source() {
            return source;
        }

        /** Place and shape are options too. */
        boolean searches() {
            return this == SEARCH || this == SEARCH_STORE;
        }

        private boolean mayStore() {
            return this == RADIUS || this == RADIUS_BY_MEMBER;
        }
    }

    /** A member within the area, metres from its middle. */
    record Found(Bytes member, Place place, double distance, double score) {}

    static GeoQuery parse(Call call, Dialect dialect, @Nullable SortedSet set) {
        Parser parser = new Parser(call, dialect, set);
        parser.begin();
        while (parser.args.hasNext()) {
            parser.option();
        }
        return parser.query();
    }

    /** Reads in Redis's order, so that of several mistakes the same one is told. */
    private static final class Parser {
        private final Call call;
        private final Dialect dialect;
        private final @Nullable SortedSet set;
        private final Args args;
        private @Nullable Place center;
        private @Nullable GeoShape shape;
        private @Nullable GeoPolygon polygon;
        private boolean fromMember;
        private boolean fromPlace;
        private Order order = Order.NONE;
        private long count;
        private boolean any;
        private boolean withDistance;
        private boolean withHash;
        private boolean withPlace;
        private @Nullable Bytes destination;
        private boolean storesDistance;

        Parser(Call call, Dialect dialect, @Nullable SortedSet set) {
            this.call = call;
            this.dialect = dialect;
            this.set = set;
            this.args = call.args(dialect.options);
        }

        void begin() {
            switch (dialect) {
                case SEARCH -> {}
                case SEARCH_STORE -> destination = call.argument(1);
                case RADIUS, RADIUS_RO -> {
                    Args fixed = call.args(2);
                    center = GeoArguments.place(fixed);
                    shape = GeoArguments.circle(fixed);
                }
                case RADIUS_BY_MEMBER, RADIUS_BY_MEMBER_RO -> {
                    if (set != null) {
                        center = place(set, call.argument(2));
                        shape = GeoArguments.circle(call.args(3));
                    }
                }
            }
        }

        private static Place place(SortedSet set, Bytes member) {
            double score = set.score(member);
            if (Double.isNaN(score)) {
                throw new CommandError("ERR could not decode requested zset member");
            }
            return Geohash.place(score);
        }

        void option() {
            if (args.skip("WITHDIST")) {
                withDistance = true;
            } else if (args.skip("WITHHASH")) {
                withHash = true;
            } else if (args.skip("WITHCOORD")) {
                withPlace = true;
            } else if (args.skip("ANY")) {
                any = true;
            } else if (args.skip("ASC")) {
                order = Order.ASCENDING;
            } else if (args.skip("DESC")) {
                order = Order.DESCENDING;
            } else if (args.remaining() > 1 && args.skip("COUNT")) {
                count = count(args.nextLong());
            } else if (!(dialect.searches() ? searchOption() : dialect.mayStore() && storeOption())) {
                throw CommandError.syntax();
            }
        }

        private static long count(long count) {
            if (count <= 0) {
                throw new CommandError("ERR COUNT must be > 0");
            }
            return count;
        }

        private boolean storeOption() {
            if (args.remaining() > 1 && args.skip("STORE")) {
                storesDistance = false;
            } else if (args.remaining() > 1 && args.skip("STOREDIST")) {
                storesDistance = true;
            } else {
                return false;
            }
            destination = args.next();
            return true;
        }

        private boolean searchOption() {
            if (dialect == Dialect.SEARCH_STORE && args.skip("STOREDIST")) {
                storesDistance = true;
            } else if (args.remaining() > 1 && !fromPlace && polygon == null && args.skip("FROMMEMBER")) {
                Bytes member = args.next();
                center = set == null ? null : place(set, member);
                fromMember = true;
            } else if (args.remaining() > 2 && !fromMember && polygon == null && args.skip("FROMLONLAT")) {
                center = GeoArguments.place(args);
                fromPlace = true;
            } else if (args.remaining() > 2 && mayBe(GeoShape.Circle.class) && args.skip("BYRADIUS")) {
                shape = GeoArguments.circle(args);
            } else if (args.remaining() > 3 && mayBe(GeoShape.Box.class) && args.skip("BYBOX")) {
                shape = GeoArguments.box(args);
            } else if (args.remaining() > 2 && mayBePolygon() && args.skip("BYPOLYGON")) {
                polygon = GeoArguments.polygon(args);
            } else {
                return false;
            }
            return true;
        }

        /** A shape may be told again, but no other one. */
        private boolean mayBe(Class<? extends GeoShape> kind) {
            return polygon == null && (shape == null || kind.isInstance(shape));
        }

        /** It is where it is, around nothing else. */
        private boolean mayBePolygon() {
            return shape == null && !fromMember && !fromPlace;
        }

        GeoQuery query() {
            if (destination != null && (withDistance || withHash || withPlace)) {
                String what = dialect.searches() ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS";
                throw new CommandError(
                        "ERR " + what + " is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
            }
            boolean around = dialect.searches() && polygon == null;
            if (around && !(fromMember || fromPlace)) {
                throw new CommandError("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for "
                        + call.argument(0).toLatin1());
            }
            if (around && shape == null) {
                throw new CommandError("ERR exactly one of BYRADIUS and BYBOX can be specified for "
                        + call.argument(0).toLatin1());
            }
            if (any && count == 0) {
                throw new CommandError("ERR the ANY argument requires COUNT argument");
            }
            boolean nearest = order == Order.NONE && count > 0 && !any;
            return new GeoQuery(
                    dialect,
                    area(),
                    nearest ? Order.ASCENDING : order,
                    count,
                    any,
                    withDistance,
                    withHash,
                    withPlace,
                    destination,
                    storesDistance);
        }

        private @Nullable GeoArea area() {
            if (polygon != null) {
                return polygon;
            }
            return center == null || shape == null ? null : new GeoVicinity(center, shape);
        }
    }

    /** Metres in the unit of the request. */
    double unit() {
        return area == null ? 1 : area.unit();
    }

    List<Found> find(SortedSet set) {
        List<Found> found = new ArrayList<>();
        for (GeoCell cell : area == null ? List.<GeoCell>of() : area.cells()) {
            if (!isEnough(found)) {
                long from = set.countBelow(cell.scoreFrom(), false);
                long to = set.countBelow(cell.scoreTo(), false);
                set.range(from, to - 1, false, (array, offset, length, score) -> {
                    add(found, array, offset, length, score);
                    return !isEnough(found);
                });
            }
        }
        if (order != Order.NONE) {
            found.sort(order == Order.ASCENDING ? NEAREST : NEAREST.reversed());
        }
        return count == 0 || found.size() <= count ? found : found.subList(0, (int) count);
    }

    private boolean isEnough(List<Found> found) {
        return any && found.size() >= count;
    }

    private void add(List<Found> found, byte[] array, int offset, int length, double score) {
        Place place = Geohash.place(score);
        double distance = area == null ? Double.NaN : area.distance(place);
        if (!Double.isNaN(distance)) {
            if (found.size() % FOUND_AT_ONCE == FOUND_AT_ONCE - 1) {
                HeapRoom.require((long) FOUND_AT_ONCE * (FOUND_OVERHEAD_BYTES + length));
            }
            found.add(new Found(Bytes.view(array, offset, length).detached(), place, distance, score));
        }
    }
}
