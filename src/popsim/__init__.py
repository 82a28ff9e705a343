"""popsim."""
