/** The wires. Invariant: the only package that knows sockets. */
@NullMarked
package dev.sluice.broker.net;

import org.jspecify.annotations.NullMarked;
