"""Tests of the example risk application."""
