package dev.sluice.broker.commands;

import dev.sluice.broker.commands.Geohash.Place;

/** What a search covers, in metres; sizes are kept in the unit they were given in. */
sealed interface GeoShape {
    /** Metres in the unit of the sizes. */
    double unit();

    /** From the middle to the east, in metres. */
    double halfWidth();

    /** From the middle to the north, in metres. */
    double halfHeight();

    /** From the middle to the farthest point, in metres. */
    double reach();

    /** Metres between two places; NaN if the second is not in the shape around the first. */
    double distance(Place center, Place place);

    record Circle(double radius, double unit) implements GeoShape {
        @Override
        public double halfWidth() {
            return unit * radius;
        }

        @Override
        public double halfHeight() {
            return unit * radius;
        }

        @Override
        public double reach() {
            return radius * unit;
        }

        @Override
        public double distance(Place center, Place place) {
            double distance = Geohash.distance(center, place);
            return distance > radius * unit ? Double.NaN : distance;
        }
    }

    /** As wide as told at every latitude it covers. */
    record Box(double width, double height, double unit) implements GeoShape {
        @Override
        public double halfWidth() {
            return unit * (width / 2);
        }

        @Override
        public double halfHeight() {
            return unit * (height / 2);
        }

        @Override
        public double reach() {
            return Math.sqrt(width / 2 * (width / 2) + height / 2 * (height / 2)) * unit;
        }

        @Override
        public double distance(Place center, Place place) {
            if (Geohash.distance(place.latitude(), center.latitude()) > height * unit / 2) {
                return Double.NaN;
            }
            Place besideCenter = new Place(center.longitude(), place.latitude());
            return Geohash.distance(place, besideCenter) > width * unit / 2
                    ? Double.NaN
                    : Geohash.distance(center, place);
        }
    }
}
