package dev.sluice.clients;

import dev.sluice.streams.message.Bytes;

/** A member of a sorted set with its score and its rank, from 0. */
public record Ranked(Bytes member, double score, long rank) {}
