"""What the language rooms look for, as data: words and patterns, each with examples."""
