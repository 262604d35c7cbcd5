package dev.sluice.broker.differential;

/** Where a server listens for RESP. */
public record Target(String host, int port) {}
