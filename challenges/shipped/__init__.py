"""What the programs of several shipped challenges share."""
