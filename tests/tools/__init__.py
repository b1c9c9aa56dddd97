"""Programs that made committed files; none runs in a test."""
