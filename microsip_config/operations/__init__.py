"""What can be done with one configuration."""
