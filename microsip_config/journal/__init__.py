"""What a run leaves behind about itself: log lines and bug reports."""
