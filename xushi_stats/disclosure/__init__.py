"""Disclosure control, a leaf: a table of counts goes in, what may be published comes out."""
