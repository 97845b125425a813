"""What a command leaves behind in its folder: summaries, figures, pages."""
