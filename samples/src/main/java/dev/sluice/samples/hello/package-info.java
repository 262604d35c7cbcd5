/** The first steps: one broker, a Redis client and an RSocket client. */
@NullMarked
package dev.sluice.samples.hello;

import org.jspecify.annotations.NullMarked;
