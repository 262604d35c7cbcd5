package dev.sluice.broker.commands;

import dev.sluice.broker.commands.Geohash.Place;
import java.util.ArrayList;
import java.util.List;

/** A shape around a place. */
record GeoVicinity(Place center, GeoShape shape) implements GeoArea {
    @Override
    public double unit() {
        return shape.unit();
    }

    @Override
    public double distance(Place place) {
        return shape.distance(center, place);
    }

    @Override
    public List<GeoCell> cells() {
        Bounds bounds = bounds();
        int steps = GeoCell.stepsFor(shape.reach(), center.latitude());
        GeoCell middle = GeoCell.of(center, steps);
        if (steps > 1 && bounds.exceedNeighbours(middle)) {
            middle = GeoCell.of(center, --steps);
        }
        List<GeoCell> cells = new ArrayList<>(GeoCell.NEIGHBOURS.length);
        for (int[] neighbour : GeoCell.NEIGHBOURS) {
            GeoCell cell = middle.moved(neighbour[0], neighbour[1]);
            boolean needed = steps < 2 || bounds.reach(middle, neighbour[0], neighbour[1]);
            if (needed && (cells.size() < 2 || !cell.equals(cells.getLast()))) {
                cells.add(cell);
            }
        }
        return cells;
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
