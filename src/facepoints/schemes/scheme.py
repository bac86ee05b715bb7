"""What the K points of a landmark scheme mean.

Plain dataclass, no YAML and no pydantic: a scheme travels as JSON in the crop store's metadata and
in model cards, and is read where only the base packages are installed.
"""

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from facepoints import FacepointsError
from facepoints.schemes.keys import Indices, arguments, wrong

_OTHER_SIDE = {"right": "left", "left": "right"}

# Points that several schemes have, by the person's own sides. Scores across schemes use those that
# both name.
SHARED_NAMES = (
    "right_eye_outer",
    "right_eye_inner",
    "left_eye_inner",
    "left_eye_outer",
    "mouth_right",
    "mouth_left",
    "nose_tip",
    "chin",
)


@dataclass(frozen=True)
class Scheme:
    """A landmark scheme of K points; every index counts from 0.

    Attributes:
        name: lower-case letters, digits and underscores.
        points: K.
        mirror: K indices; point i of a mirrored face is point mirror[i] of the face.
        groups: drawn lines (or single dots), each an ordered run of points.
        normalisers: two groups of points each; errors are divided by the distance between their
            centres. The first is the default.
        regions: for errors per region, names of groups that belong together.
        shared: index of points named in SHARED_NAMES.
        closed: groups whose last point joins the first.

    Raises:
        FacepointsError: the parts contradict each other; the message names the key.
    """

    name: str
    points: int
    mirror: Indices
    groups: Mapping[str, Indices]
    normalisers: Mapping[str, tuple[Indices, Indices]]
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shared: Mapping[str, int] = field(default_factory=dict)
    closed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._check_name()
        self._check_mirror()
        self._check_groups()
        self._check_normalisers()
        self._check_shared()

    @property
    def normaliser(self) -> str:
        """Name of the default normaliser."""
        return next(iter(self.normalisers))

    def region(self, name: str) -> Indices:
        """The points of a region, in the order of its groups."""
        return tuple(index for group in self.regions[name] for index in self.groups[group])

    def to_json(self) -> str:
        """One line of JSON; the same scheme always gives the same text."""
        return json.dumps(dataclasses.asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str, where: str = "scheme") -> "Scheme":
        """The scheme that `to_json` wrote; `where` names the file in errors.

        Raises:
            FacepointsError: no JSON, or no valid scheme.
        """
        try:
            content = json.loads(text)
        except ValueError as error:
            raise FacepointsError(f"{where}: no valid JSON: {error}") from error
        return cls.from_mapping(content, where)

    @classmethod
    def from_mapping(cls, content: Any, where: str) -> "Scheme":
        """A scheme from the keys and values of a file; `where` names the file in errors.

        Raises:
            FacepointsError: unknown or missing keys, wrong types, contradicting parts.
        """
        try:
            return cls(**arguments(content))
        except FacepointsError as error:
            raise FacepointsError(f"{where}: {error}") from error

    def _check_name(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise wrong("name", f"expected lower-case letters, digits and _; found {self.name!r}")
        if self.points < 1:
            raise wrong("points", f"expected at least 1; found {self.points}")

    def _check_mirror(self) -> None:
        if len(self.mirror) != self.points:
            raise wrong("mirror", f"expected {self.points} indices; found {len(self.mirror)}")
        self._check_range("mirror", self.mirror)
        for index, other in enumerate(self.mirror):
            if self.mirror[other] != index:
                raise wrong(
                    f"mirror[{index}]",
                    f"{index} goes to {other}, but {other} goes to {self.mirror[other]}; "
                    "mirroring twice must lead back",
                )

    def _check_groups(self) -> None:
        for name, indices in self.groups.items():
            self._check_indices(f"groups.{name}", indices)
        for region, names in self.regions.items():
            self._check_names(f"regions.{region}", names)
        self._check_names("closed", self.closed)

    def _check_normalisers(self) -> None:
        if not self.normalisers:
            raise wrong("normalisers", "expected at least one")
        for name, pair in self.normalisers.items():
            for side, indices in enumerate(pair):
                self._check_indices(f"normalisers.{name}[{side}]", indices)
            if set(pair[0]) & set(pair[1]):
                raise wrong(f"normalisers.{name}", "its two groups have a point in common")

    def _check_shared(self) -> None:
        for name, index in self.shared.items():
            if name not in SHARED_NAMES:
                raise wrong(f"shared.{name}", f"unknown name; known: {', '.join(SHARED_NAMES)}")
            self._check_range(f"shared.{name}", [index])
        for name, index in self.shared.items():
            other = re.sub("right|left", lambda m: _OTHER_SIDE[m.group()], name)
            if other in self.shared and self.mirror[index] != self.shared[other]:
                raise wrong(
                    f"shared.{name}",
                    f"mirror takes point {index} to {self.mirror[index]}, "
                    f"but {other} is point {self.shared[other]}",
                )

    def _check_indices(self, key: str, indices: Indices) -> None:
        if not indices:
            raise wrong(key, "expected at least one index")
        self._check_range(key, indices)
        if len(set(indices)) != len(indices):
            raise wrong(key, "holds a point twice")

    def _check_range(self, key: str, indices: Iterable[int]) -> None:
        for index in indices:
            if not 0 <= index < self.points:
                raise wrong(key, f"expected indices from 0 to {self.points - 1}; found {index}")

    def _check_names(self, key: str, names: Iterable[str]) -> None:
        for name in names:
            if name not in self.groups:
                raise wrong(key, f"no group {name!r}; groups: {', '.join(self.groups)}")
