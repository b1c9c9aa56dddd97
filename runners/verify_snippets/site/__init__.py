"""The dashboard: the store as a folder of static pages."""
