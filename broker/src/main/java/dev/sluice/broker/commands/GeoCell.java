package dev.sluice.broker.commands;

import dev.sluice.broker.commands.Geohash.Place;

/**
 * One of {@code 4^steps} equal parts of the map. On its eastern and northern edge, which belong to no part, column and row
 * are one too many.
 *
 * @param column from the west, 0 the first
 * @param row from the south, 0 the first
 */
record GeoCell(long column, long row, int steps) {
    private static final long COLUMN_BITS = 0xaaaa_aaaa_aaaa_aaaaL;
    private static final long ROW_BITS = ~COLUMN_BITS;
    private static final long NUMBER_MASK = 0xffff_ffffL;

    /** From here on a cell must be larger to be as wide in metres. */
    private static final double FAR_LATITUDE = 66;

    private static final double FARTHEST_LATITUDE = 80;

    /** Half of the equator on the map, in metres. */
    private static final double MAP_REACH_M = 20037726.37;

    /** Columns and rows from a cell to itself, north, south, east, west and the corners. */
    static final int[][] NEIGHBOURS = {{0, 0}, {0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}};

    /** In how small cells to look so that one and its neighbours most likely cover what is so far away, in metres. */
    static int stepsFor(double reach, double latitude) {
        if (reach == 0) {
            return Geohash.STEPS;
        }
        int steps = -1;
        for (double size = reach; size < MAP_REACH_M; size *= 2) {
            steps++;
        }
        double pole = Math.abs(latitude);
        steps -= (pole > FAR_LATITUDE ? 1 : 0) + (pole > FARTHEST_LATITUDE ? 1 : 0);
        return Math.clamp(steps, 1, Geohash.STEPS);
    }

    /** In which a place lies. */
    static GeoCell of(Place place, int steps) {
        return of(place, steps, Geohash.LATITUDE_MAX);
    }

    /** On a map that reaches from a southern to a northern latitude. */
    static GeoCell of(Place place, int steps, double latitudeMax) {
        double east = (place.longitude() + Geohash.LONGITUDE_MAX) / (2 * Geohash.LONGITUDE_MAX);
        double north = (place.latitude() + latitudeMax) / (2 * latitudeMax);
        long parts = 1L << steps;
        return new GeoCell((long) (east * parts), (long) (north * parts), steps);
    }

    /** The nearest cell to a place, which may be on the edge of the map or beyond. */
    static GeoCell onMap(Place place, int steps) {
        GeoCell cell = of(place, steps);
        long last = (1L << steps) - 1;
        return new GeoCell(Math.clamp(cell.column, 0, last), Math.clamp(cell.row, 0, last), steps);
    }

    static GeoCell of(long bits, int steps) {
        return new GeoCell(Long.compress(bits, COLUMN_BITS), Long.compress(bits, ROW_BITS), steps);
    }

    /** Column and row in one number, their bits in turn. */
    long bits() {
        return Long.expand(column, COLUMN_BITS) | Long.expand(row, ROW_BITS);
    }

    /** One of the neighbours; beyond an edge of the map the opposite one follows. */
    GeoCell moved(int columns, int rows) {
        long mask = (1L << steps) - 1;
        return new GeoCell(columns == 0 ? column : column + columns & mask, rows == 0 ? row : row + rows & mask, steps);
    }

    /** Least score of a place in it. */
    double scoreFrom() {
        return bits() << 2 * (Geohash.STEPS - steps);
    }

    /** Above the score of any place in it. */
    double scoreTo() {
        return bits() + 1 << 2 * (Geohash.STEPS - steps);
    }

    double west() {
        return degrees(column, Geohash.LONGITUDE_MAX);
    }

    double east() {
        return degrees(column + 1 & NUMBER_MASK, Geohash.LONGITUDE_MAX);
    }

    double south() {
        return degrees(row, Geohash.LATITUDE_MAX);
    }

    double north() {
        return degrees(row + 1 & NUMBER_MASK, Geohash.LATITUDE_MAX);
    }

    private double degrees(long number, double max) {
        return -max + number * 1.0 / (1L << steps) * (2 * max);
    }
}
