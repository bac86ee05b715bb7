"""Where raw data comes from: copies, addresses, digests."""
