package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GeoCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker().readJournal();

    @BeforeEach
    void sicily() {
        run("GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania").is(2);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private InMemoryBroker.Answer run(String line) {
        return broker.run(line.split(" "));
    }

    @Test
    void placesAreScores() {
        run("ZSCORE g Palermo").is("3479099956230698");
        run("GEOHASH g Palermo nobody").is("[sqc8b49rny0, (nil)]");
        run("GEODIST g Palermo Catania km").is("166.2742");
        run("GEOADD g NX CH 1 1 Palermo").is(0);
        run("GEOADD g XX CH 13.4 38 Palermo").is(1);
    }

    @Test
    void neighboursAreFoundAndStored() {
        run("GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ASC").is("[Catania, Palermo]");
        run("GEOSEARCH g FROMLONLAT 15 37 BYBOX 100 150 km").is("[Catania]");
        run("GEORADIUSBYMEMBER g Palermo 200 km COUNT 1").is("[Palermo]");
        int before = broker.journalled.size();
        run("GEOSEARCHSTORE d g FROMMEMBER Palermo BYRADIUS 1 m").is(1);
        run("GEORADIUS g 0 0 1 m STORE d").is(0);
        run("EXISTS d").is(0);
        run("GEORADIUS g 0 0 1 m STORE d").is(0);
        assertThat(broker.journalled).hasSize(before + 2);
    }
}
