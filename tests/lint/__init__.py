"""What the lint lane checks beyond ruff: the doors, through which functions may import."""
