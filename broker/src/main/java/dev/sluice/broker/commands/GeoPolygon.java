package dev.sluice.broker.commands;

import dev.sluice.broker.commands.Geohash.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * What edges enclose that are straight on the map, and so never cross its eastern or western end. Where they cross each
 * other, what they enclose twice is outside. Places on a southern or western edge are inside, on the others they are not.
 */
final class GeoPolygon implements GeoArea {
    private final double[] longitudes;
    private final double[] latitudes;
    private final Place center;
    private final Place southWest;
    private final Place northEast;

    /** Of at least three vertices, the last of which is joined to the first. */
    GeoPolygon(double[] longitudes, double[] latitudes) {
        this.longitudes = longitudes;
        this.latitudes = latitudes;
        this.center = center();
        this.southWest = new Place(least(longitudes), least(latitudes));
        this.northEast = new Place(most(longitudes), most(latitudes));
    }

    private static double least(double[] numbers) {
        double least = Double.POSITIVE_INFINITY;
        for (double number : numbers) {
            least = Math.min(least, number);
        }
        return least;
    }

    private static double most(double[] numbers) {
        double most = Double.NEGATIVE_INFINITY;
        for (double number : numbers) {
            most = Math.max(most, number);
        }
        return most;
    }

    /** What distances are measured from: the point of the globe nearest to the mean of the vertices in space. */
    private Place center() {
        double x = 0;
        double y = 0;
        double z = 0;
        for (int i = 0; i < longitudes.length; i++) {
            double longitude = Math.toRadians(longitudes[i]);
            double latitude = Math.toRadians(latitudes[i]);
            x += StrictMath.cos(latitude) * StrictMath.cos(longitude);
            y += StrictMath.cos(latitude) * StrictMath.sin(longitude);
            z += StrictMath.sin(latitude);
        }
        double longitude = StrictMath.atan2(y, x);
        double latitude = StrictMath.atan2(z, Math.sqrt(x * x + y * y));
        return new Place(Math.toDegrees(longitude), Math.toDegrees(latitude));
    }

    /** Distances are in metres. */
    @Override
    public double unit() {
        return 1;
    }

    @Override
    public double distance(Place place) {
        return encloses(place) ? Geohash.distance(center, place) : Double.NaN;
    }

    /** Whether a line from the place to the east crosses an odd number of edges. */
    private boolean encloses(Place place) {
        double longitude = place.longitude();
        double latitude = place.latitude();
        if (latitude < southWest.latitude() || latitude > northEast.latitude()) {
            return false;
        }
        boolean inside = false;
        int last = longitudes.length - 1;
        for (int i = 0; i < longitudes.length; i++) {
            boolean passes = latitudes[i] > latitude != latitudes[last] > latitude;
            if (passes && longitude < crossing(i, last, latitude)) {
                inside = !inside;
            }
            last = i;
        }
        return inside;
    }

    /** Longitude at which an edge has a latitude. */
    private double crossing(int from, int to, double latitude) {
        double rise = latitudes[to] - latitudes[from];
        return (longitudes[to] - longitudes[from]) * (latitude - latitudes[from]) / rise + longitudes[from];
    }

    @Override
    public List<GeoCell> cells() {
        int steps = GeoCell.stepsFor(reach(), center.latitude());
        while (steps > 1 && !isCoveredFrom(GeoCell.onMap(center, steps))) {
            steps--;
        }
        GeoCell middle = GeoCell.onMap(center, steps);
        GeoCell least = GeoCell.onMap(southWest, steps);
        GeoCell most = GeoCell.onMap(northEast, steps);
        List<GeoCell> cells = new ArrayList<>(GeoCell.NEIGHBOURS.length);
        for (int[] neighbour : GeoCell.NEIGHBOURS) {
            long column = middle.column() + neighbour[0];
            long row = middle.row() + neighbour[1];
            if (column >= least.column() && column <= most.column() && row >= least.row() && row <= most.row()) {
                cells.add(new GeoCell(column, row, steps));
            }
        }
        return cells;
    }

    /** From the middle to the farthest corner of the box around the polygon, in metres. */
    private double reach() {
        double west = Math.max(
                Geohash.distance(center, southWest),
                Geohash.distance(center, new Place(southWest.longitude(), northEast.latitude())));
        double east = Math.max(
                Geohash.distance(center, northEast),
                Geohash.distance(center, new Place(northEast.longitude(), southWest.latitude())));
        return Math.max(west, east);
    }

    /** Whether nothing is beyond the neighbours of a cell. The middle may be far from all there is. */
    private boolean isCoveredFrom(GeoCell middle) {
        GeoCell least = GeoCell.onMap(southWest, middle.steps());
        GeoCell most = GeoCell.onMap(northEast, middle.steps());
        return least.column() >= middle.column() - 1
                && most.column() <= middle.column() + 1
                && least.row() >= middle.row() - 1
                && most.row() <= middle.row() + 1;
    }
}
