"""A static page that runs an exported model in the browser: built here, served anywhere."""
