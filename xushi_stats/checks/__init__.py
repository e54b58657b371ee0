"""What is held against the data before anything is built: likelihood, and the words around each figure."""
