"""Configures the MicroSIP softphone: the operations of the command line as a Python API."""

__version__ = "0.1.0"
