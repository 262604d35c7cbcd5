package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.commands.Geohash.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Searches BYPOLYGON, which redis-server does not know. */
class GeoPolygonTest {
    private static final String NORTH_OF_SICILY = "5 12.41098696654226 38.05033923003755 15.107936245794182"
            + " 38.00616649901906 18.148439288534455 38.63804787603499 17.80831874257693 39.50316813110968"
            + " 12.458468633214036 38.57719533463012";

    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @BeforeEach
    void sicily() {
        run("GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania").is(2);
        run("GEOADD g 12.758489 38.788135 edge1 17.241510 38.788135 edge2").is(2);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private InMemoryBroker.Answer run(String line) {
        return broker.run(line.split(" "));
    }

    @Test
    void membersInsideAreFound() {
        run("GEOSEARCH g BYPOLYGON " + NORTH_OF_SICILY).is("[Palermo, edge2]");
        run("geosearch g bypolygon " + NORTH_OF_SICILY + " DESC COUNT 1").is("[edge2]");
        run("GEOSEARCH g COUNT 1 ANY BYPOLYGON " + NORTH_OF_SICILY).is("[Palermo]");
        run("GEOSEARCH g BYPOLYGON " + NORTH_OF_SICILY + " ASC WITHDIST WITHCOORD")
                .is("[Palermo, 166482.0159, 13.36138933897018433, 38.11555639549629859,"
                        + " edge2, 180861.7725, 17.24151045083999634, 38.78813451624225195]");
        run("GEOSEARCH none BYPOLYGON " + NORTH_OF_SICILY).is("[]");
    }

    @Test
    void lastOfSeveralPolygonsCounts() {
        run("GEOSEARCH g BYPOLYGON 3 0 0 1 0 0 1 BYPOLYGON 3 15 37 16 37 15 39").is("[Catania]");
    }

    @Test
    void membersInsideAreStored() {
        run("GEOSEARCHSTORE d g BYPOLYGON " + NORTH_OF_SICILY).is(2);
        run("ZRANGE d 0 -1").is("[Palermo, edge2]");
        run("GEOSEARCHSTORE d g BYPOLYGON " + NORTH_OF_SICILY + " STOREDIST COUNT 1")
                .is(1);
        run("ZCOUNT d 166482.0158 166482.0160").is(1);
        run("GEOSEARCHSTORE d g BYPOLYGON 3 0 0 1 0 0 1").is(0);
        run("EXISTS d").is(0);
        run("GEOSEARCHSTORE d g BYPOLYGON " + NORTH_OF_SICILY + " WITHDIST")
                .isError("ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
    }

    /** The journal is to be read by who knows no polygons. */
    @Test
    void theEffectOfStoringIsWhatWasFound() {
        broker.journalled.clear();
        run("GEOSEARCHSTORE d g BYPOLYGON " + NORTH_OF_SICILY).is(2);
        broker.journalledOnly("MULTI DEL d ZADD d 3479099956230698 Palermo 3481342659049484 edge2 EXEC");
        run("GEOSEARCHSTORE d g BYPOLYGON 3 0 0 1 0 0 1").is(0);
        broker.journalledOnly("DEL d");
        run("GEOSEARCHSTORE d g BYPOLYGON 3 0 0 1 0 0 1").is(0);
        broker.journalledOnly();
    }

    @Test
    void vertexIsBoundOnTwoSides() {
        run("GEOADD h 0 0 corner").is(1);
        Place corner = Geohash.place(Geohash.score(new Place(0, 0)));
        String vertex = corner.longitude() + " " + corner.latitude();
        run("GEOSEARCH h BYPOLYGON 3 " + vertex + " 1 0 0 1").is("[corner]");
        run("GEOSEARCH h BYPOLYGON 3 " + vertex + " -1 0 0 -1").is("[]");
    }

    @Test
    void whatIsNoPolygonIsRefused() {
        String few = "ERR GEOSEARCH BYPOLYGON must have at least 3 vertices";
        run("GEOSEARCH g BYPOLYGON 2 0 0 1 1").isError(few);
        run("GEOSEARCH g BYPOLYGON -3 0 0 1 1 2 2").isError(few);
        run("GEOSEARCH g BYPOLYGON 4 0 0 1 1 2 2").isError(few);
        run("GEOSEARCH g BYPOLYGON 2147483647 0 0 1 1 2 2").isError(few);
        run("GEOSEARCHSTORE d g BYPOLYGON 4 0 0 1 1 2 2 3").isError(few);
        run("GEOSEARCH g BYPOLYGON x 0 0 1 1 2 2").isError("ERR invalid number of vertices");
        run("GEOSEARCH g BYPOLYGON 3.0 0 0 1 1 2 2").isError("ERR invalid number of vertices");
        run("GEOSEARCH g BYPOLYGON 2147483648 0 0 1 1").isError("ERR invalid number of vertices");
        run("GEOSEARCH g BYPOLYGON 3 0 0 1 x 2 2").isError("ERR value is not a valid float");
        run("GEOSEARCH g BYPOLYGON 3 0 0 nan 1 2 2").isError("ERR value is not a valid float");
        run("GEOSEARCH g BYPOLYGON 3 0 0 1 86 2 2").isError("ERR invalid longitude,latitude pair 1.000000,86.000000");
        run("GEOSEARCH g BYPOLYGON 3 0 0 1 1 181 2").isError("ERR invalid longitude,latitude pair 181.000000,2.000000");
        run("GEOSEARCH g BYPOLYGON 3 0 0 1 1 2 2 3").isError("ERR syntax error");
        run("GEOSEARCH g ASC ASC ASC ASC BYPOLYGON").isError("ERR syntax error");
        run("GEOSEARCH g ASC ASC ASC ASC BYPOLYGON 3").isError("ERR syntax error");
        run("GEOSEARCH g BYPOLYGON 3 0 0 1 1 2 2 ANY").isError("ERR the ANY argument requires COUNT argument");
        run("SET s v").is("OK");
        run("GEOSEARCH s BYPOLYGON 2 0 0 1 1")
                .isError("WRONGTYPE Operation against a key holding the wrong kind of value");
        run("GEORADIUS g 0 0 1 m BYPOLYGON 3 0 0 1 1 2 2").isError("ERR syntax error");
    }

    @Test
    void polygonIsTheOnlyShapeAndHasItsOwnMiddle() {
        String triangle = "BYPOLYGON 3 0 0 1 1 2 2";
        for (String other : List.of("FROMMEMBER Palermo", "FROMLONLAT 1 2", "BYRADIUS 1 m", "BYBOX 1 2 m")) {
            run("GEOSEARCH g " + triangle + " " + other).isError("ERR syntax error");
            run("GEOSEARCH g " + other + " " + triangle).isError("ERR syntax error");
        }
        run("GEOSEARCH g ASC ASC ASC ASC ASC")
                .isError("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for GEOSEARCH");
    }

    /** At the ends of the map the middle on the globe is far from all that is inside on the map. */
    @Test
    void allOfTheMapCanBeSearched() {
        run("GEOADD w -179 0 west 179 0 east 0 85 north 0 -85 south 0 0 middle 100 80 far")
                .is(6);
        run("GEOSEARCH w BYPOLYGON 4 -180 -85.05 180 -85.05 180 85.05 -180 85.05 COUNT 9 ANY")
                .is("[middle, north, east, far, south, west]");
        run("GEOSEARCH w BYPOLYGON 4 -179.5 -1 179.5 -1 179.5 1 -179.5 1 ASC COUNT 9")
                .is("[west, east, middle]");
        run("GEOSEARCH w BYPOLYGON 3 -180 79 180 79 0 85.01 COUNT 9 ANY").is("[north, far]");
    }

    @Test
    void randomPolygonsFindWhatWindsAnOddNumberOfTimesAroundThem() {
        long seed = Seeds.next();
        Random random = new Random(seed);
        for (int round = 0; round < 15 * Seeds.scale(); round++) {
            List<Place> places = new ArrayList<>();
            Place middle = anywhere(random);
            double spread = Math.pow(10, random.nextInt(7) - 4);
            run("DEL r");
            for (int i = 0; i < 200; i++) {
                // None of them on an edge, where it is not said how often one goes around it.
                Place place = near(random, middle, spread, 179.9, 84.9);
                places.add(Geohash.place(Geohash.score(place)));
                run("GEOADD r " + place.longitude() + " " + place.latitude() + " m" + i);
            }
            for (int search = 0; search < 20; search++) {
                List<Place> vertices = new ArrayList<>();
                for (int left = 3 + random.nextInt(random.nextBoolean() ? 3 : 30); left > 0; left--) {
                    vertices.add(near(random, middle, spread, 180, 85.05));
                }
                Set<String> expected = new TreeSet<>();
                for (int i = 0; i < places.size(); i++) {
                    if (windings(vertices, places.get(i)) % 2 != 0) {
                        expected.add("m" + i);
                    }
                }
                assertThat(found(vertices))
                        .as("sluice.seed=%d, round %d: %s", seed, round, vertices)
                        .isEqualTo(expected);
            }
        }
    }

    private Set<String> found(List<Place> vertices) {
        String numbers = vertices.stream()
                .map(vertex -> vertex.longitude() + " " + vertex.latitude())
                .collect(Collectors.joining(" "));
        String reply =
                run("GEOSEARCH r BYPOLYGON " + vertices.size() + " " + numbers).text();
        String members = reply.substring(1, reply.length() - 1);
        List<String> found = members.isEmpty() ? List.of() : Arrays.asList(members.split(", "));
        assertThat(found).doesNotHaveDuplicates();
        return new TreeSet<>(found);
    }

    /** How often one who walks along the edges is seen to go around a place, by the angles. */
    private static long windings(List<Place> vertices, Place place) {
        double turned = 0;
        Place from = vertices.getLast();
        for (Place to : vertices) {
            double fromX = from.longitude() - place.longitude();
            double fromY = from.latitude() - place.latitude();
            double toX = to.longitude() - place.longitude();
            double toY = to.latitude() - place.latitude();
            turned += Math.atan2(fromX * toY - fromY * toX, fromX * toX + fromY * toY);
            from = to;
        }
        double windings = turned / (2 * Math.PI);
        assertThat(windings).isCloseTo(Math.rint(windings), within(1e-6));
        return Math.round(windings);
    }

    private static Place anywhere(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Place(random.nextBoolean() ? 179.99 : -179.99, random.nextDouble() * 160 - 80);
            case 1 -> new Place(random.nextDouble() * 360 - 180, random.nextBoolean() ? 85 : -85);
            default -> new Place(random.nextDouble() * 360 - 180, random.nextDouble() * 160 - 80);
        };
    }

    private static Place near(Random random, Place middle, double spread, double longitudeMax, double latitudeMax) {
        return new Place(
                Math.clamp(middle.longitude() + spread * random.nextGaussian(), -longitudeMax, longitudeMax),
                Math.clamp(middle.latitude() + spread * random.nextGaussian(), -latitudeMax, latitudeMax));
    }
}
