/** Settings are a table: each row says type, bounds, default, when it may change, and what a change does. */
@NullMarked
package dev.sluice.broker.config;

import org.jspecify.annotations.NullMarked;
