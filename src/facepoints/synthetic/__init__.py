"""The face generator: a head mesh, a renderer, shading, and the scenes that are drawn."""
