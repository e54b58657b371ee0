"""Numbers in running text: Chinese and English numeric expressions, in digits and spelled out."""
