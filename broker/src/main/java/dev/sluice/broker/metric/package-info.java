/** What is measured and how it is shown: the meters are a table; INFO's sections come from their owners. */
@NullMarked
package dev.sluice.broker.metric;

import org.jspecify.annotations.NullMarked;
