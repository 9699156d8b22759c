"""Checks of what users give: arrays, masks, options."""
