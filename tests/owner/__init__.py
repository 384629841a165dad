"""Tests of the work on another user's target."""
