"""Checks of our own, loaded by checkov as a package."""

__all__ = ["object_read"]
