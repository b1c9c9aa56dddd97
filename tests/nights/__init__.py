"""Nights over whole organizations on a local Hub, with real containers: left alone, killed, and disturbed."""
