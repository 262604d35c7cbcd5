/** What flows through Sluice. Each package below is a feature with one door; none of them knows sockets or keys. */
package dev.sluice.streams;
