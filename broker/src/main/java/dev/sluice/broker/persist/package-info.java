/**
 * Redis's own formats: values as RDB files and DUMP have them. What comes from outside is checked before memory is taken
 * for it, and refused as a whole with {@link dev.sluice.broker.persist.CorruptRdbException}.
 */
@NullMarked
package dev.sluice.broker.persist;

import org.jspecify.annotations.NullMarked;
