"""The Hub's own code: found, generated and read."""
