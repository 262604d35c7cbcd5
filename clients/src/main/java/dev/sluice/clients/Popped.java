package dev.sluice.clients;

import dev.sluice.streams.message.Bytes;

/** A member that was popped for this client, its score, and the sorted set it came from. */
public record Popped(Bytes key, Bytes member, double score) {}
