"""From the bytes of an ini file to its text, what Windows reads in it, and back."""
