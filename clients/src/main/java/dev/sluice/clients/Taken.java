package dev.sluice.clients;

import dev.sluice.streams.message.Bytes;

/** An element that was popped for this client, and the list it came from. */
public record Taken(Bytes key, Bytes value) {}
