package dev.sluice.clients;

import dev.sluice.streams.message.Bytes;

/**
 * What happened to a key, as keyspace notifications name it; {@code missed} is how many events this watcher lost just
 * before this one.
 */
public record KeyEvent(Bytes key, String event, long missed) {}
