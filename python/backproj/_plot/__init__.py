"""Drawing histograms, in notebooks and with matplotlib. Nothing here is imported before it is needed."""
