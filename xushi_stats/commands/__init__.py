"""The commands: what each is called with, and how what it finds is printed. Thin."""
