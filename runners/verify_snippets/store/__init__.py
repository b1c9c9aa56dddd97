"""History: what every night and every imported report said, in SQLite or PostgreSQL."""
