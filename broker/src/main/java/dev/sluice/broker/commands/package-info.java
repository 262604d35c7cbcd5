/** What the commands are: a table and a file per family. Invariant: a command is one row and one function, in the same file. */
@NullMarked
package dev.sluice.broker.commands;

import org.jspecify.annotations.NullMarked;
