"""Settings of evaluations, and faces in other schemes."""

import dataclasses

import numpy as np

from facepoints.evaluation.settings import EvaluationSettings, RobustnessSettings
from facepoints.store.faces import photo_points
from tests.layouts.drawn import as_scheme

OFF = RobustnessSettings(
    enabled=False,
    faces=9,
    rotation=[30],
    scale=[],
    shift=[10],
    blur=[],
    noise=[],
    jpeg=[20],
    darkness=[],
    occlusion=[],
)
SETTINGS = EvaluationSettings(
    normaliser=None,
    flip_average=False,
    resamples=200,
    sheet_faces=6,
    threads=1,
    exported=False,
    robustness=OFF,
)


def in_scheme(store, scheme, labelled=None):
    """The same faces with the points of another scheme, where those are known from iBUG's."""
    points = np.stack([as_scheme(face, scheme) for face in store.landmarks])
    if labelled is None:
        labelled = np.ones(points.shape[:2], bool)
    unknown = np.full(points.shape[:2], -1, np.int8)
    return dataclasses.replace(
        store, scheme=scheme, landmarks=points, labelled=labelled, occlusion=unknown
    )


def of(store):
    return photo_points((store.landmarks + np.float32(0.5)) / store.settings.side, store)
