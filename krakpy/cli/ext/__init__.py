"""`krakpy ext`: what is installed, what a configuration makes of it, and what is wrong with it."""
