"""The whole way, from a target to a report, in real containers."""
