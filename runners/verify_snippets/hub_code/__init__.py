"""The code that the Hub itself shows for a model under "Use this model": fetched or generated, and read."""
