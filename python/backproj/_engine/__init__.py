"""Counting and projecting: what calls Go, or OpenCV, on checked memory."""
