/** May it run, run it, what changed. Invariant: depends on no command; the table is handed in. */
@NullMarked
package dev.sluice.broker.dispatch;

import org.jspecify.annotations.NullMarked;
