"""Tests that run in the rig's Windows Python, under Wine 8 (or on real Windows)."""
