"""GPUs, as recorded drivers tell of them."""
