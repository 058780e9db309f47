"""Rows to try the product with; ``manage.py seed`` makes them."""
