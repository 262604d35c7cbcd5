/** What asks: clients for both wires and the load tester. */
@NullMarked
package dev.sluice.clients;

import org.jspecify.annotations.NullMarked;
