/** What a command is: its row, its call, its arguments, its refusals. Invariant: nothing here knows a particular command. */
@NullMarked
package dev.sluice.broker.command;

import org.jspecify.annotations.NullMarked;
