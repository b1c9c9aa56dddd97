"""Verifies the code snippets of Hugging Face model cards."""
