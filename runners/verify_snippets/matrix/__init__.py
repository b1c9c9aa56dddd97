"""One card under several kinds of hardware, libraries and Pythons: each combination is a column."""
