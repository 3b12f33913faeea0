"""The scoring side: the only process that opens hidden labels."""
