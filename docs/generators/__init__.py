"""The pages of the documentation that are written from the code: each module gives one with `page()`."""
