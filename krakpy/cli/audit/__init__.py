"""`krakpy audit`: rules as data and pure functions, and what is shown of what they find."""
