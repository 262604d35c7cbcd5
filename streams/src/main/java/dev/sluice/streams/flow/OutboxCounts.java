package dev.sluice.streams.flow;

/**
 * What went through an {@link Outbox}, all taken at one moment: {@code offered = delivered + lost + queued}.
 *
 * @param lost dropped by the policy, or offered to or still queued in an outbox that has ended
 * @param queuedBytes bytes of the queued messages, as the publishers stated them
 */
public record OutboxCounts(long offered, long delivered, long lost, int queued, long queuedBytes) {}
