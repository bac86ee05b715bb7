"""params.yaml as a whole: every part's settings, and what they say of one another."""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import torch
from pydantic import BeforeValidator, Field

from facepoints import FacepointsError
from facepoints.augment.settings import AugmentationSettings
from facepoints.crops.settings import CacheSettings
from facepoints.datasets.settings import ANNOTATED, OPTIONS, DatasetSettings
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.inference.settings import ExportSettings
from facepoints.models import backbones
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import ModelSettings
from facepoints.parameters import PARAMS_FILE, Settings, checked
from facepoints.report.settings import ReportSettings
from facepoints.schemes.library import is_file, load
from facepoints.schemes.scheme import BOX
from facepoints.splits.settings import SplitSettings
from facepoints.training.settings import TrainSettings

NAME = "^[a-z][a-z0-9_]*$"  # no hyphen: a cell's name joins these with hyphens

# Keys that DVC's run cache does not see (it takes them for sizes of files), at any depth: a changed value under
# one of them would bring back the results of the old value.
UNSEEN = ("size", "nfiles")


def _train_size(found: Any) -> Any:
    if found != "all" and (not isinstance(found, int) or isinstance(found, bool) or found < 1):
        raise ValueError("expected all or a whole number above 0")
    return found


class Experiment(Settings):
    """All of params.yaml: the head first, then the definitions."""

    datasets: list[str] = Field(min_length=1)
    train_on: list[str] = Field(min_length=1)
    models: list[str] = Field(min_length=1)
    augmentations: list[str] = Field(min_length=1)
    train_sizes: list[Annotated[int | Literal["all"], BeforeValidator(_train_size)]] = Field(
        min_length=1
    )
    seeds: list[Annotated[int, Field(ge=0, lt=2**31)]] = Field(min_length=1)
    adapt_to: list[str]
    dataset: dict[str, DatasetSettings]
    cache: CacheSettings
    split: SplitSettings
    model: dict[str, ModelSettings]
    augmentation: dict[str, AugmentationSettings]
    train: TrainSettings
    evaluate: EvaluationSettings
    export: ExportSettings
    report: ReportSettings


def check(parameters: Mapping[str, Any]) -> Experiment:
    """All parameters, every part valid and every name defined.

    Raises:
        FacepointsError: with one line per problem, each naming its key.
    """
    experiment = checked(dict(parameters), "", Experiment)
    problems = [*_names(experiment), *_inputs(experiment)]
    if problems:
        raise FacepointsError("\n".join(f"{PARAMS_FILE}: {problem}" for problem in problems))
    for name in experiment.dataset:
        _dataset(experiment, name)
    for name, model in experiment.model.items():
        # timm is optional: only who selects such a model needs it.
        if name in experiment.models or not model.backbone.startswith(backbones.TIMM):
            try:
                backbones.check_name(model.backbone)
            except FacepointsError as error:
                raise FacepointsError(f"{PARAMS_FILE}: model.{name}.backbone: {error}") from error
    for name in experiment.models:
        _fits(experiment, name)
    return experiment


def _names(experiment: Experiment) -> list[str]:
    """Problems with names: malformed, listed twice, or defined nowhere."""
    problems = []
    definitions: dict[str, Mapping[str, Any]] = {
        "dataset": experiment.dataset,
        "model": experiment.model,
        "augmentation": experiment.augmentation,
    }
    for key, defined in definitions.items():
        problems += [
            f"{key}.{name}: expected a name of lower-case letters, digits and _, not {' or '.join(UNSEEN)}."
            for name in defined
            if not re.match(NAME, name) or name in UNSEEN
        ]
    lists = {
        "datasets": (experiment.datasets, "dataset"),
        "train_on": (experiment.train_on, "dataset"),
        "models": (experiment.models, "model"),
        "augmentations": (experiment.augmentations, "augmentation"),
        "adapt_to": (experiment.adapt_to, "dataset"),
    }
    for key, (chosen, where) in lists.items():
        problems += [
            f"{key}: {name!r} is defined nowhere; expected one of {', '.join(definitions[where])}."
            for name in chosen
            if name not in definitions[where]
        ]
    problems += [
        f"{key}: {name!r} must stand in datasets too, so that it is prepared."
        for key in ("train_on", "adapt_to")
        for name in lists[key][0]
        if name not in experiment.datasets and name in experiment.dataset
    ]
    for key in (*lists, "train_sizes", "seeds"):
        chosen = getattr(experiment, key)
        twice = sorted({str(item) for item in chosen if chosen.count(item) > 1})
        problems += [f"{key}: {item} stands there twice." for item in twice]
    return problems


def _dataset(experiment: Experiment, name: str) -> None:
    """Refuse wrong options, a scheme that does not load, and for a selected set a box or normaliser that it has not."""
    settings = experiment.dataset[name]
    checked(settings.options, f"dataset.{name}.options", OPTIONS[settings.format])
    # A scheme among a set's own files is read, and checked, once these are here: by the cache stage.
    scheme = None if is_file(settings.scheme) else load(settings.scheme)
    if name not in experiment.datasets:
        return
    for key in ("train_on", "adapt_to"):
        if settings.test == "all" and name in getattr(experiment, key):
            raise FacepointsError(
                f"{PARAMS_FILE}: dataset.{name}.test: all leaves no face to learn from, but {key} names {name}. "
                f"Choose hash or official, or take it out of {key}."
            )
    normaliser = experiment.evaluate.normaliser
    if scheme is not None and normaliser not in (None, BOX, *scheme.normalisers):
        raise FacepointsError(
            f"{PARAMS_FILE}: evaluate.normaliser: scheme {scheme.name} of data set {name} has no "
            f"{normaliser!r}; expected null or one of {', '.join((*scheme.normalisers, BOX))}."
        )
    if experiment.cache.box == "annotated" and settings.format not in ANNOTATED:
        raise FacepointsError(
            f"{PARAMS_FILE}: cache.box: data set {name} has no annotated boxes (formats that have them: "
            f"{', '.join(ANNOTATED) or 'none yet'}). Choose landmarks, detector or image."
        )


def _fits(experiment: Experiment, name: str) -> None:
    """Refuse a selected model whose head cannot use its backbone or the points of a set that it learns from."""
    schemes = {experiment.dataset[each].scheme for each in experiment.train_on}
    # A scheme among a set's own files is not here yet: such a model is built for as many points as iBUG has.
    counts = {load("ibug68" if is_file(scheme) else scheme).points for scheme in schemes}
    for count in counts:
        try:
            with torch.device("meta"):  # nothing is computed
                LandmarkModel(experiment.model[name], torch.zeros(count, 2), experiment.cache.side)
        except FacepointsError as error:
            raise FacepointsError(f"{PARAMS_FILE}: model.{name}: {error}") from error


def _inputs(experiment: Experiment) -> list[str]:
    """A margin of part of a pixel at the net's size would blur every view by half a pixel."""
    cache = experiment.cache
    return [
        f"model.{name}.input: {model.input} makes cache.margin ({cache.margin_pixels} pixels of a view of "
        f"{cache.side}) no whole number of pixels; expected a multiple of {step} (or at least {cache.side})."
        for name, model in experiment.model.items()
        if name in experiment.models and model.input < cache.side
        if model.input % (step := cache.side // math.gcd(cache.side, cache.margin_pixels))
    ]
