"""A model in use: faces followed through pictures, drawn, written and shown."""
