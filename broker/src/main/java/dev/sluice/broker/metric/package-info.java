/** Meters are an enum; INFO sections come from their owners. */
@NullMarked
package dev.sluice.broker.metric;

import org.jspecify.annotations.NullMarked;
