"""Faces from USC's ICT-FaceKit: a scanned, morphable head, and all that varies about its pictures."""
