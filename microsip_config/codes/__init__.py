"""Every code that the program can give, a module for each subject; ``register`` has them all."""
