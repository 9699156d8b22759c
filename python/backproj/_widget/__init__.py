"""The widget that `backproj.widget` returns. Nothing here is imported before it is needed."""
