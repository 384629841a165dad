"""What an operating system does: files, rights, processes."""
