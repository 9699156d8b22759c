"""Pictures of histograms: the colours of bins, plots, PNG."""
