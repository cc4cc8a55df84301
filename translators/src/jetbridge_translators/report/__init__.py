"""What runs of one workflow did and what they cost, side by side: gathered from the store, told as text, JSON, HTML."""
