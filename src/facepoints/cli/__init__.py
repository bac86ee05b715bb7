"""The facepoints command."""
