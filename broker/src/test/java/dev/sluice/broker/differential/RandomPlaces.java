package dev.sluice.broker.differential;

import java.util.List;
import java.util.Random;

/** Places of members and searches, without distances that are stored, whose last digits are up to each server. */
final class RandomPlaces extends RandomFamily {
    RandomPlaces(Random random) {
        super(random);
        row(
                6,
                "GEOADD",
                () -> with(
                        random.nextInt(4) == 0 ? List.of(geoKey(), any("NX", "XX", "CH")) : List.of(geoKey()),
                        many(1 + random.nextInt(3), this::longitude, this::latitude, this::member)));
        row(2, "GEODIST", () -> List.of(geoKey(), member(), member(), any("m", "km", "mi", "FT")));
        row(1, "GEOPOS", () -> with(List.of(geoKey()), many(2, this::member)));
        row(1, "GEOHASH", () -> with(List.of(geoKey()), many(2, this::member)));
        row(4, "GEOSEARCH", () -> with(with(List.of(geoKey()), area()), geoOptions()));
        unspoilt(3, "GEOSEARCHSTORE", () -> with(List.of(geoKey(), geoKey()), area()));
        row(1, "GEORADIUS", () -> with(List.of(geoKey(), longitude(), latitude(), size(), "km"), geoOptions()));
        unspoilt(1, "GEORADIUS", () -> List.of(geoKey(), longitude(), latitude(), size(), "km", "STORE", geoKey()));
        row(1, "GEORADIUS_RO", () -> with(List.of(geoKey(), longitude(), latitude(), size(), "km"), geoOptions()));
        row(1, "GEORADIUSBYMEMBER", () -> with(List.of(geoKey(), member(), size(), "km"), geoOptions()));
        row(1, "GEORADIUSBYMEMBER_RO", () -> with(List.of(geoKey(), member(), size(), "km"), geoOptions()));
    }

    private String geoKey() {
        return random.nextInt(25) == 0 ? key() : "g" + random.nextInt(3);
    }

    private String longitude() {
        return Double.toString(random.nextInt(36_000) / 100.0 - 180);
    }

    private String latitude() {
        return Double.toString(random.nextInt(17_000) / 100.0 - 85);
    }

    private String size() {
        return Integer.toString(random.nextInt(20_000));
    }

    private List<String> area() {
        return with(
                random.nextBoolean() ? List.of("FROMMEMBER", member()) : List.of("FROMLONLAT", longitude(), latitude()),
                random.nextBoolean() ? List.of("BYRADIUS", size(), "km") : List.of("BYBOX", size(), size(), "mi"));
    }

    private List<String> geoOptions() {
        return many(random.nextInt(3), () -> any("WITHDIST", "WITHHASH", "WITHCOORD"));
    }
}
