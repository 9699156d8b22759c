"""Loading Go into the process: once, within its limits, beside its signals, and again in forked children."""
