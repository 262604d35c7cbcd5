/** One small main per folder. */
@NullMarked
package dev.sluice.samples;

import org.jspecify.annotations.NullMarked;
