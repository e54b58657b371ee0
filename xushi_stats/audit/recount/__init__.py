"""The registers' figures counted again, by a program that shares no code with what it checks."""
