"""What Windows and a Wine prefix tell about where MicroSIP reads its file."""
