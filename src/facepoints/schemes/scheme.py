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
from facepoints.schemes.keys import Indices, Shape, arguments, wrong

# The normaliser that every scheme has: √(width · height) of the tight box of the labelled points.
BOX = "box"

_OTHER_SIDE = {"right": "left", "left": "right"}

# Points that several schemes have, by the person's own sides. Scores across schemes use those that
# both name.
SHARED_NAMES = (
    *("right_eye_outer", "right_eye_inner", "left_eye_inner", "left_eye_outer"),
    *("mouth_right", "mouth_left", "nose_tip", "chin", "right_pupil", "left_pupil"),
)


@dataclass(frozen=True)
class Scheme:
    """A landmark scheme of K points; every index counts from 0. Only name and points must be given.

    Attributes:
        name: lower-case letters, digits and underscores.
        points: K.
        mirror: K indices; point i of a mirrored face is point mirror[i] of the face. None: unknown.
        groups: drawn lines (or single dots), each an ordered run of points.
        normalisers: two groups of points each; errors are divided by the distance between their
            centres. The first is the default.
        regions: for errors per region, names of groups that belong together.
        shared: index of points named in SHARED_NAMES.
        closed: groups whose last point joins the first.
        convention: what the points mark: `contour`, what is seen of the outline, as people mark it
            in a photo, `mesh`, places of a head model, also behind the outline, or a word of one's own.
        maps: name of another scheme to as many own indices as it has points: what stands for each.
        shape: K pairs x, y (y down), a mean face to draw; it does not tell schemes apart.

    Raises:
        FacepointsError: the parts contradict each other; the message names the key.
    """

    name: str
    points: int
    mirror: Indices | None = None
    groups: Mapping[str, Indices] = field(default_factory=dict)
    normalisers: Mapping[str, tuple[Indices, Indices]] = field(default_factory=dict)
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shared: Mapping[str, int] = field(default_factory=dict)
    closed: tuple[str, ...] = ()
    convention: str | None = None
    maps: Mapping[str, Indices] = field(default_factory=dict)
    shape: Shape = field(default=(), compare=False)

    def __post_init__(self) -> None:
        self._check_name()
        self._check_mirror()
        self._check_groups()
        self._check_normalisers()
        self._check_shared()
        self._check_maps()

    @property
    def normaliser(self) -> str:
        """Name of the default normaliser: its first, or the landmarks' box where it has none."""
        return next(iter(self.normalisers), BOX)

    def missing(self) -> list[str]:
        """What cannot be done because a part is not given, one sentence each."""
        lost = {
            "No mirror: no flip augmentation, and left and right cannot be checked.": self.mirror,
            "No groups: points are drawn as dots.": self.groups,
            "No normalisers: errors are divided by the size of the landmarks' box.": self.normalisers,
            "No shared names and no maps: not comparable with other schemes.": self.shared
            or self.maps,
        }
        return [sentence for sentence, part in lost.items() if not part]

    def region(self, name: str) -> Indices:
        """The points of a region, in the order of its groups."""
        return tuple(index for group in self.regions[name] for index in self.groups[group])

    def runs(self) -> list[list[int]]:
        """The points of each group in the order of its line; the first comes again at the end of a closed one."""
        return [
            [*group, *(group[:1] if name in self.closed else ())]
            for name, group in self.groups.items()
        ]

    def to_json(self) -> str:
        """One line of JSON; the same scheme always gives the same text."""
        given = {key: part for key, part in dataclasses.asdict(self).items() if part}
        return json.dumps(given, separators=(",", ":"))

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
        if self.mirror is None:
            return
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
        for name, pair in self.normalisers.items():
            if name == BOX:
                raise wrong(f"normalisers.{BOX}", "the name is taken by the landmarks' box")
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
            if self.mirror and other in self.shared and self.mirror[index] != self.shared[other]:
                raise wrong(
                    f"shared.{name}",
                    f"mirror takes point {index} to {self.mirror[index]}, "
                    f"but {other} is point {self.shared[other]}",
                )

    def _check_maps(self) -> None:
        for name, indices in self.maps.items():
            if name == self.name:
                raise wrong(f"maps.{name}", "leads from the scheme to itself")
            self._check_range(f"maps.{name}", indices)
        if self.shape and len(self.shape) != self.points:
            raise wrong("shape", f"expected {self.points} pairs x, y; found {len(self.shape)}")

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
