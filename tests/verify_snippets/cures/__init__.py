"""What each cure makes of code, and what it leaves alone."""
