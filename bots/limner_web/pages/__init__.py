"""The pages: one file for each family of them, with its routes. What they share is in `front`."""
