"""What a reader sees in a finished PDF, and which of its numbers no figure stands behind."""
