package dev.sluice.broker.commands;

import dev.sluice.streams.message.Bytes;
import java.nio.charset.StandardCharsets;

/**
 * Places on earth as numbers of 52 bits, which are scores of sorted sets: 26 halvings of the longitudes and 26 of the
 * latitudes of the web Mercator map, their bits in turn. Places that are near each other mostly have scores that are, and
 * the places of a {@link GeoCell} have the scores of a range.
 */
final class Geohash {
    static final double LONGITUDE_MAX = 180;
    static final double LATITUDE_MAX = 85.05112878;

    /** Halvings of each axis. */
    static final int STEPS = 26;

    private static final double POLE = 90;
    private static final double EARTH_RADIUS_M = 6372797.560856;
    private static final double RADIANS = Math.PI / 180;
    private static final String ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";

    /** The last of them is always 0: there are bits for ten. */
    private static final int CHARACTERS = 11;

    private Geohash() {}

    /** In degrees. */
    record Place(double longitude, double latitude) {
        boolean isOnMap() {
            return Math.abs(longitude) <= LONGITUDE_MAX && Math.abs(latitude) <= LATITUDE_MAX;
        }
    }

    static double score(Place place) {
        return GeoCell.of(place, STEPS).bits();
    }

    /** The middle of the smallest cell; any number is the score of a place. */
    static Place place(double score) {
        GeoCell cell = GeoCell.of(bits(score), STEPS);
        double longitude = (cell.west() + cell.east()) / 2;
        double latitude = (cell.south() + cell.north()) / 2;
        return new Place(
                Math.clamp(longitude, -LONGITUDE_MAX, LONGITUDE_MAX),
                Math.clamp(latitude, -LATITUDE_MAX, LATITUDE_MAX));
    }

    /** As processors convert to unsigned integers: what is too small, or infinite, is not the nearest there is. */
    private static long bits(double score) {
        if (score < 0x1p63) {
            return score > -0x1p63 ? (long) score : Long.MIN_VALUE;
        }
        double rest = score - 0x1p63;
        return rest < 0x1p63 ? (long) rest ^ Long.MIN_VALUE : 0;
    }

    /** The geohash that other services understand, for which latitudes reach from pole to pole. */
    static Bytes text(double score) {
        long bits = GeoCell.of(place(score), STEPS, POLE).bits();
        byte[] text = new byte[CHARACTERS];
        for (int i = 0; i < CHARACTERS - 1; i++) {
            text[i] = (byte) ALPHABET.charAt((int) (bits >>> 2 * STEPS - 5 * (i + 1)) & 31);
        }
        text[CHARACTERS - 1] = (byte) ALPHABET.charAt(0);
        return Bytes.of(text);
    }

    // StrictMath: what is stored must be the same wherever the journal is read.

    /** Metres along the sphere, by the haversine formula. */
    static double distance(Place a, Place b) {
        double v = StrictMath.sin((radians(b.longitude) - radians(a.longitude)) / 2);
        if (v == 0) {
            return distance(a.latitude, b.latitude);
        }
        double latitudeA = radians(a.latitude);
        double latitudeB = radians(b.latitude);
        double u = StrictMath.sin((latitudeB - latitudeA) / 2);
        double square = u * u + StrictMath.cos(latitudeA) * StrictMath.cos(latitudeB) * v * v;
        return 2.0 * EARTH_RADIUS_M * StrictMath.asin(Math.min(1, Math.sqrt(square)));
    }

    /** Metres between two latitudes. */
    static double distance(double latitudeA, double latitudeB) {
        return EARTH_RADIUS_M * Math.abs(radians(latitudeB) - radians(latitudeA));
    }

    /** Degrees of latitude that so many metres are. */
    static double degrees(double metres) {
        return metres / EARTH_RADIUS_M / RADIANS;
    }

    /** Degrees of longitude that so many metres are at a latitude. */
    static double degrees(double metres, double latitude) {
        return metres / EARTH_RADIUS_M / StrictMath.cos(radians(latitude)) / RADIANS;
    }

    private static double radians(double degrees) {
        return degrees * RADIANS;
    }

    /** Metres, or another unit, with four decimals. */
    static Bytes distanceText(double distance) {
        long scaled = (long) Math.rint(distance * 10_000);
        String digits = Long.toString(scaled);
        String padded = "0".repeat(Math.max(0, 5 - digits.length())) + digits;
        int point = padded.length() - 4;
        String text = padded.substring(0, point) + '.' + padded.substring(point);
        return Bytes.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
