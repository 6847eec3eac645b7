"""What painpoints trained: heads and projections, each in a folder with its model card."""
