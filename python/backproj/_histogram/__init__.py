"""The class Histogram, in parts."""
