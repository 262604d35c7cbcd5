package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.broker.commands.Geohash.Place;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GeohashTest {
    private static final long SEED = Long.getLong("sluice.seed", 1);

    private final Random random = new Random(SEED);

    private Place anywhere() {
        return new Place(random.nextDouble() * 360 - 180, random.nextDouble() * 170 - 85);
    }

    @Test
    void aPlaceComesBackFromItsScore() {
        for (int i = 0; i < 10_000; i++) {
            Place place = anywhere();
            Place back = Geohash.place(Geohash.score(place));
            assertThat(Geohash.distance(place, back)).as("sluice.seed=%d", SEED).isLessThan(1);
            assertThat(Geohash.score(back)).isEqualTo(Geohash.score(place));
        }
    }

    /** A score that is of no place is taken as one on the edge, or within the map. */
    @Test
    void anyNumberIsAPlace() {
        double[] odd = {-1, 1.5, 1e300, -1e300, 0x1p52, 0x1p63, 0x1p64, Double.POSITIVE_INFINITY};
        for (double score : odd) {
            assertThat(Geohash.place(score).isOnMap()).isTrue();
        }
    }

    @Test
    void distancesAreThoseOfASphere() {
        Place pole = new Place(0, 0);
        assertThat(Geohash.distance(pole, pole)).isZero();
        assertThat(Geohash.distance(pole, new Place(180, 0))).isEqualTo(Math.PI * 6372797.560856, within(0.001));
        assertThat(Geohash.distance(pole, new Place(0, 10))).isEqualTo(Math.PI / 18 * 6372797.560856, within(0.001));
    }

    @Test
    void distancesHaveFourDecimals() {
        assertThat(Geohash.distanceText(0).toLatin1()).isEqualTo("0.0000");
        assertThat(Geohash.distanceText(0.00012).toLatin1()).isEqualTo("0.0001");
        assertThat(Geohash.distanceText(0.775).toLatin1()).isEqualTo("0.7750");
        assertThat(Geohash.distanceText(166274.15156).toLatin1()).isEqualTo("166274.1516");
    }

    /** Whatever lies in the area lies in one of its cells, away from the edges of the map, where Redis misses some too. */
    @Test
    void cellsCoverTheArea() {
        for (int i = 0; i < 20_000; i++) {
            Place center = new Place(random.nextDouble() * 200 - 100, random.nextDouble() * 100 - 50);
            double radius = Math.pow(10, random.nextDouble() * 6);
            GeoArea area = new GeoVicinity(center, new GeoShape.Circle(radius, 1));
            double angle = random.nextDouble() * 2 * Math.PI;
            double away = radius * random.nextDouble();
            Place place = new Place(
                    center.longitude() + Geohash.degrees(away * Math.cos(angle), center.latitude()),
                    center.latitude() + Geohash.degrees(away * Math.sin(angle)));
            if (place.isOnMap() && !Double.isNaN(area.distance(place))) {
                double score = Geohash.score(place);
                assertThat(area.cells())
                        .as("sluice.seed=%d, %s, %s", SEED, area, place)
                        .anyMatch(cell -> cell.scoreFrom() <= score && score < cell.scoreTo());
            }
        }
    }
}
