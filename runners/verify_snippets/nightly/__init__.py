"""Who drives many cards: a night over an organization."""
