/** What a connection is to the commands: user, database, protocol, queue of a transaction, watches, subscriptions. */
@NullMarked
package dev.sluice.broker.session;

import org.jspecify.annotations.NullMarked;
