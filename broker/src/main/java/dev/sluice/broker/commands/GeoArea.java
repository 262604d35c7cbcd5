package dev.sluice.broker.commands;

import dev.sluice.broker.commands.Geohash.Place;
import java.util.List;

/** Where a search looks. */
sealed interface GeoArea permits GeoVicinity, GeoPolygon {
    /** Metres in the unit of distances. */
    double unit();

    /** Metres from the middle; NaN for what lies outside. */
    double distance(Place place);

    /** Up to nine cells next to each other that the area lies in, each once, in the order in which results are found. */
    List<GeoCell> cells();
}
