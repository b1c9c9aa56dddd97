"""One module for each group of causes: each says what it recognizes, or nothing."""
