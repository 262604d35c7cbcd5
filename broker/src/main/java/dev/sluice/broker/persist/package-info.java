/**
 * Redis's own formats: whole files ({@link dev.sluice.broker.persist.RdbWriter}, {@link
 * dev.sluice.broker.persist.RdbLoader}), and values as these and DUMP have them. What comes from outside is checked before memory is taken
 * for it, and refused as a whole with {@link dev.sluice.broker.persist.CorruptRdbException}.
 */
@NullMarked
package dev.sluice.broker.persist;

import org.jspecify.annotations.NullMarked;
