"""Checks on what goes in and on what comes out."""
