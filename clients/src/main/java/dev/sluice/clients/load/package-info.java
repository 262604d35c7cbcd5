/**
 * The load tester. It must cost far less than the server it measures, for both share two cores: requests are encoded
 * once and only their digits change, replies are counted byte by byte without building values, and one selector thread
 * drives all connections. Invariant: nothing is allocated per command.
 */
@NullMarked
package dev.sluice.clients.load;

import org.jspecify.annotations.NullMarked;
