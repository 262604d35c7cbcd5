package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.number;
import static dev.sluice.broker.command.Argument.oneOf;
import static dev.sluice.broker.command.Argument.word;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.commands.Geohash.Place;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Numbers;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Arguments that geo commands share: how they are described, and read. */
final class GeoArguments {
    static final Argument UNIT = oneOf("unit", word("m", "M"), word("km", "KM"), word("ft", "FT"), word("mi", "MI"));
    static final Argument ORDER =
            oneOf("order", word("asc", "ASC"), word("desc", "DESC")).optional();
    static final Argument WITHCOORD = word("withcoord", "WITHCOORD").optional();
    static final Argument WITHDIST = word("withdist", "WITHDIST").optional();
    static final Argument WITHHASH = word("withhash", "WITHHASH").optional();
    static final String UPPER_CASE_UNITS = "Units may be in upper case.";
    private static final String NOT_A_COUNT = "ERR invalid number of vertices";

    private GeoArguments() {}

    static Argument count(Argument any) {
        return block("count", integer("count").token("COUNT"), any.optional()).optional();
    }

    static Argument[] place() {
        return new Argument[] {number("longitude"), number("latitude")};
    }

    /** A longitude and a latitude. */
    static Place place(Args args) {
        Place place = new Place(args.nextDouble(), args.nextDouble());
        if (!place.isOnMap()) {
            throw new CommandError("ERR invalid longitude,latitude pair " + sixDecimals(place.longitude()) + ','
                    + sixDecimals(place.latitude()));
        }
        return place;
    }

    /** As C's {@code %f} prints it. */
    private static String sixDecimals(double value) {
        String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
        double size = Math.abs(value);
        return sign
                + (Double.isInfinite(size)
                        ? "inf"
                        : new BigDecimal(size)
                                .setScale(6, RoundingMode.HALF_EVEN)
                                .toPlainString());
    }

    /** Metres in a unit. */
    static double unit(Bytes name) {
        if (name.is("M")) {
            return 1;
        } else if (name.is("KM")) {
            return 1000;
        } else if (name.is("FT")) {
            return 0.3048;
        } else if (name.is("MI")) {
            return 1609.34;
        }
        throw new CommandError("ERR unsupported unit provided. please use M, KM, FT, MI");
    }

    /** A radius and its unit. */
    static GeoShape circle(Args args) {
        double radius = size(args.next(), "ERR need numeric radius");
        if (radius < 0) {
            throw new CommandError("ERR radius cannot be negative");
        }
        return new GeoShape.Circle(radius, unit(args.next()));
    }

    /** A width, a height and their unit. */
    static GeoShape box(Args args) {
        double width = size(args.next(), "ERR need numeric width");
        double height = size(args.next(), "ERR need numeric height");
        if (width < 0 || height < 0) {
            throw new CommandError("ERR height or width cannot be negative");
        }
        return new GeoShape.Box(width, height, unit(args.next()));
    }

    /** A number of vertices, and so many longitudes and latitudes. */
    static GeoPolygon polygon(Args args) {
        long count = Args.toLong(args.next(), NOT_A_COUNT);
        if (count != (int) count) {
            throw new CommandError(NOT_A_COUNT);
        }
        if (count < 3 || count > args.remaining() / 2) {
            throw new CommandError("ERR GEOSEARCH BYPOLYGON must have at least 3 vertices");
        }
        double[] longitudes = new double[(int) count];
        double[] latitudes = new double[(int) count];
        for (int i = 0; i < count; i++) {
            Place place = place(args);
            longitudes[i] = place.longitude();
            latitudes[i] = place.latitude();
        }
        return new GeoPolygon(longitudes, latitudes);
    }

    private static double size(Bytes text, String refusal) {
        double size = Numbers.toDouble(text);
        if (Double.isNaN(size)) {
            throw new CommandError(refusal);
        }
        return size;
    }
}
