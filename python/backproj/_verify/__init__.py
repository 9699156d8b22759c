"""Comparing results with OpenCV's, and with its reference arithmetic."""
