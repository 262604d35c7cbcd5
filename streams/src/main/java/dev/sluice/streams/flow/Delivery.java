package dev.sluice.streams.flow;

/** A message and the number of messages that this subscriber lost just before it. */
public record Delivery<T>(T message, long missed) {}
