/** The doors to the world: time, randomness, disk, network. Only the composition root opens the real ones. */
@NullMarked
package dev.sluice.broker.seam;

import org.jspecify.annotations.NullMarked;
