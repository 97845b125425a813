"""What is to be played: the points of a plan, and the files that ask for them."""
