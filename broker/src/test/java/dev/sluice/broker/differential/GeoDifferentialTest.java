package dev.sluice.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random places all over the map, also at its edges, and searches of all sizes: both servers find and print the same. */
@Tag("differential")
class GeoDifferentialTest {
    private static final int ROUNDS = 30;
    private static final int SEARCHES = 60;

    private final long seed = Long.getLong("sluice.seed", 1);
    private final Random random = new Random(seed);

    @Test
    void placesAreFoundAndPrintedAlike() throws IOException {
        RedisServer.assumeInstalled();
        try (RedisServer reference = RedisServer.start();
                Subject subject = Subject.start();
                RawConnection there = RawConnection.open(reference.target());
                RawConnection here = RawConnection.open(subject.target())) {
            for (int round = 0; round < ROUNDS * Integer.getInteger("sluice.scale", 1); round++) {
                for (String command : commands()) {
                    assertThat(ask(here, command))
                            .as("sluice.seed=%d, round %d: %s", seed, round, command)
                            .isEqualTo(ask(there, command));
                }
            }
        }
    }

    private List<String> commands() {
        double longitude = longitude();
        double latitude = latitude();
        double spread = Math.pow(10, random.nextInt(8) - 5);
        int members = 1 + random.nextInt(random.nextInt(5) == 0 ? 600 : 60);
        List<String> commands = new ArrayList<>(List.of("DEL g", "HELLO " + (2 + random.nextInt(2))));
        for (int i = 0; i < members; i++) {
            boolean near = random.nextInt(3) > 0;
            double east = near ? wrapped(longitude + spread * random.nextGaussian()) : longitude();
            double north = near ? clamped(latitude + spread * random.nextGaussian()) : latitude();
            commands.add("GEOADD g " + east + " " + north + " m" + i);
        }
        for (int i = 0; i < SEARCHES; i++) {
            commands.add(search(members, wrapped(longitude + spread * random.nextGaussian()), clamped(latitude)));
            commands.add("GEODIST g " + member(members) + " " + member(members) + " " + unit());
        }
        commands.add("GEOPOS g " + member(members) + " " + member(members));
        commands.add("GEOHASH g " + member(members) + " " + member(members));
        return commands;
    }

    /** Without an order, in which equal distances may come as they like; what is not found is the same then too. */
    private String search(int members, double longitude, double latitude) {
        String from =
                random.nextBoolean() ? "FROMMEMBER " + member(members) : "FROMLONLAT " + longitude + " " + latitude;
        String shape = random.nextBoolean() ? "BYRADIUS " + size() : "BYBOX " + size() + " " + size();
        String limit = random.nextInt(4) == 0 ? " COUNT " + (1 + random.nextInt(20)) + " ANY" : "";
        return "GEOSEARCH g " + from + " " + shape + " " + unit() + limit + " WITHDIST WITHHASH WITHCOORD";
    }

    private double longitude() {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextBoolean() ? 180 : -180;
            case 1 -> wrapped(180 + random.nextGaussian() / 100);
            case 2 -> random.nextGaussian() / 1000;
            default -> random.nextDouble() * 360 - 180;
        };
    }

    private double latitude() {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextBoolean() ? 85.05112878 : -85.05112878;
            case 1 -> clamped((random.nextBoolean() ? 84 : -84) + random.nextGaussian());
            case 2 -> random.nextGaussian() / 1000;
            default -> random.nextDouble() * 170 - 85;
        };
    }

    private static double wrapped(double longitude) {
        double positive = ((longitude + 180) % 360 + 360) % 360;
        return positive - 180;
    }

    private static double clamped(double latitude) {
        return Math.clamp(latitude, -85.05112878, 85.05112878);
    }

    private double size() {
        return random.nextInt(20) == 0 ? 0 : Math.pow(10, random.nextDouble() * 9 - 1);
    }

    private String unit() {
        return List.of("m", "km", "ft", "mi").get(random.nextInt(4));
    }

    private String member(int members) {
        return "m" + random.nextInt(members + 1);
    }

    private static String ask(RawConnection connection, String command) throws IOException {
        connection.send(Arrays.stream(command.split(" "))
                .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
                .toList());
        String reply = new String(connection.read(), StandardCharsets.ISO_8859_1);
        return command.startsWith("HELLO") ? "" : reply;
    }
}
