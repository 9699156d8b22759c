"""Programs that tests run in a process of their own, because what they do may end it."""
