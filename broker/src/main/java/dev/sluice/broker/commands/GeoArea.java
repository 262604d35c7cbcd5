package dev.sluice.broker.commands;

import dev.sluice.broker.commands.Geohash.Place;
import java.util.ArrayList;
import java.util.List;

/** Where a search looks: a shape around a place. */
record GeoArea(Place center, GeoShape shape) {
    /** From here on a cell must be larger to be as wide in metres. */
    private static final double FAR_LATITUDE = 66;

    private static final double FARTHEST_LATITUDE = 80;

    /** Half of the equator on the map, in metres. */
    private static final double MAP_REACH_M = 20037726.37;

    /** Middle, north, south, east, west and the corners: the order in which results are found. */
    private static final int[][] NEIGHBOURS = {
        {0, 0}, {0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}
    };

    /** Metres from the middle; NaN for what lies outside. */
    double distance(Place place) {
        return shape.distance(center, place);
    }

    /** Up to nine cells next to each other that the area lies in, each once. */
    List<GeoCell> cells() {
        Bounds bounds = bounds();
        int steps = steps();
        GeoCell middle = GeoCell.of(center, steps);
        if (steps > 1 && bounds.exceedNeighbours(middle)) {
            middle = GeoCell.of(center, --steps);
        }
        List<GeoCell> cells = new ArrayList<>(NEIGHBOURS.length);
        for (int[] neighbour : NEIGHBOURS) {
            GeoCell cell = middle.moved(neighbour[0], neighbour[1]);
            boolean needed = steps < 2 || bounds.reach(middle, neighbour[0], neighbour[1]);
            if (needed && (cells.size() < 2 || !cell.equals(cells.getLast()))) {
                cells.add(cell);
            }
        }
        return cells;
    }

    /** In how small cells to look so that one and its neighbours most likely cover the area. */
    private int steps() {
        double reach = shape.reach();
        if (reach == 0) {
            return Geohash.STEPS;
        }
        int steps = -1;
        while (reach < MAP_REACH_M) {
            reach *= 2;
            steps++;
        }
        double latitude = Math.abs(center.latitude());
        steps -= (latitude > FAR_LATITUDE ? 1 : 0) + (latitude > FARTHEST_LATITUDE ? 1 : 0);
        return Math.clamp(steps, 1, Geohash.STEPS);
    }

    private Bounds bounds() {
        double latitude = center.latitude();
        double north = Geohash.degrees(shape.halfHeight());
        double east = Geohash.degrees(shape.halfWidth(), latitude < 0 ? latitude - north : latitude + north);
        double longitude = center.longitude();
        return new Bounds(longitude - east, longitude + east, latitude - north, latitude + north);
    }

    /** Of the area, in degrees, which need not be on the map. */
    private record Bounds(double west, double east, double south, double north) {
        /** Whether the area is not covered by a cell and its neighbours. */
        boolean exceedNeighbours(GeoCell middle) {
            return middle.moved(0, 1).north() < north
                    || middle.moved(0, -1).south() > south
                    || middle.moved(1, 0).east() < east
                    || middle.moved(-1, 0).west() > west;
        }

        /** Whether something of the area is on that side of the cell. */
        boolean reach(GeoCell middle, int columns, int rows) {
            return !(rows < 0 && middle.south() < south)
                    && !(rows > 0 && middle.north() > north)
                    && !(columns < 0 && middle.west() < west)
                    && !(columns > 0 && middle.east() > east);
        }
    }
}
