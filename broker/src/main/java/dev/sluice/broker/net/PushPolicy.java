package dev.sluice.broker.net;

import dev.sluice.streams.flow.Overflow;

/**
 * What happens to pushes that a RESP client does not take.
 *
 * @param messagesMax how many may wait
 */
record PushPolicy(Overflow overflow, int messagesMax) {}
