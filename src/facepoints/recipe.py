"""Recipes: named sets of changes to params.yaml, one file per published result or reference system."""

import copy
import difflib
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import OverrideType, QuotedString
from hydra.errors import HydraException
from pydantic import AfterValidator, Field

from facepoints import FacepointsError, parameters
from facepoints.parameters import PARAMS_FILE, Settings, checked

FOLDER = Path("recipes")

# What the grammar of `dvc exp run -S` (Hydra's) takes for text without quotes …
_BARE = re.compile(r"[A-Za-z_][\w.:/-]*", re.ASCII)
# … unless it means a value there.
_MEANINGS = ("null", "true", "false", "nan", "inf")
# It would end the quotes, or be replaced within them.
_UNQUOTABLE = re.compile(r"['\\$\x00-\x1f\x7f\x85\u2028\u2029]")


def _settable(found: Any) -> Any:
    for item in found if isinstance(found, list) else [found]:
        if not isinstance(item, bool | int | float | str | None):
            raise ValueError(
                "expected one value or a list of values; give each key below a group a line of its own"
            )
        if isinstance(item, float) and not math.isfinite(item):
            raise ValueError("expected a finite number")
        if isinstance(item, str) and _UNQUOTABLE.search(item):
            raise ValueError("expected text in one line without ', \\ and $")
    return found


Value = Annotated[Any, AfterValidator(_settable)]


class Recipe(Settings):
    """One file of recipes/.

    Attributes:
        about: what it reproduces, by which source, and the figures to expect.
        overrides: dotted keys of params.yaml and their values. They are all that bears on the result, save what
            the names at the head mean, so that neither the defaults nor an earlier experiment reach into it.
    """

    title: str = Field(min_length=1)
    about: str = Field(min_length=1)
    overrides: dict[str, Value] = Field(min_length=1)


def names() -> list[str]:
    """Every recipe that there is.

    Raises:
        FacepointsError: there is no folder of recipes.
    """
    if not FOLDER.is_dir():
        raise FacepointsError(
            f"{FOLDER}: no such folder. Run from the project's root, where it lies."
        )
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def file(name: str) -> Path:
    """Where the recipe of that name stands.

    Raises:
        FacepointsError: there is none; with the names that are near.
    """
    known = names()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        hint = f"Near are: {', '.join(near)}." if near else f"There are: {', '.join(known)}."
        raise FacepointsError(f"there is no recipe {name!r} in {FOLDER}/. {hint}")
    return FOLDER / f"{name}.yaml"


def read(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        FacepointsError: there is none, or its file is wrong; the message names file and key.
    """
    path = file(name)
    return checked(parameters.read(path), "", Recipe, path)


def changes(overrides: Mapping[str, Any]) -> list[str]:
    """The words KEY=VALUE that `dvc exp run -S` takes, in the same order."""
    return [f"{key}={_word(value)}" for key, value in overrides.items()]


def change(word: str) -> tuple[str, Any]:
    """Key and value of one word KEY=VALUE, as `dvc exp run -S` takes it.

    Raises:
        FacepointsError: it is not of that form, or its value is not one that a recipe can have.
    """
    key, equals, text = word.partition("=")
    if not equals or not key:
        raise FacepointsError(f"-S {word}: expected KEY=VALUE, as in -S train.epochs=8.")
    try:
        parsed = OverridesParser.create().parse_override(word)
        if parsed.type is not OverrideType.CHANGE or parsed.is_sweep_override():
            raise ValueError("expected one value or a list of values for a key that is there")
        return key, _settable(_plain(parsed.value()))
    except HydraException as error:
        raise FacepointsError(
            f"-S {word}: {text!r} is no value; expected one value, or a list as in -S 'seeds=[0,1]'."
        ) from error
    except ValueError as error:
        raise FacepointsError(f"-S {word}: {error}.") from error


def _plain(value: Any) -> Any:
    """What Hydra parsed, with quoted text as text."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.text if isinstance(value, QuotedString) else value


def together(overrides: Mapping[str, Any], own: Sequence[str]) -> list[str]:
    """A recipe's words and one's own words after them, which win: a key that these repeat is left out before."""
    mine = {change(word)[0] for word in own}
    return [*changes({key: overrides[key] for key in overrides if key not in mine}), *own]


def changed(params: Mapping[str, Any], overrides: Mapping[str, Any], where: str) -> dict[str, Any]:
    """A copy of all parameters with some of their values changed.

    Args:
        where: the overrides come from, for messages.

    Raises:
        FacepointsError: a key that params.yaml has not, or that holds further keys.
    """
    result = copy.deepcopy(dict(params))
    for key, value in overrides.items():
        *groups, last = key.split(".")
        group: Any = result
        for name in groups:
            group = group.get(name) if isinstance(group, dict) else None
        if not isinstance(group, dict) or last not in group:
            known = list(_leaves(params))
            near = ", ".join(difflib.get_close_matches(key, known, n=3)) or "none"
            raise FacepointsError(f"{where}: {PARAMS_FILE} has no key {key} (near are: {near}).")
        if isinstance(group[last], dict):
            inside = ", ".join(map(str, group[last]))
            raise FacepointsError(
                f"{where}: {key} holds further keys in {PARAMS_FILE} ({inside}). Name the one to change."
                if inside
                else f"{where}: {key} is a group without keys in {PARAMS_FILE}. Edit the file."
            )
        group[last] = value
    return result


def _leaves(params: Mapping[str, Any], before: str = "") -> list[str]:
    """The dotted keys that hold values."""
    return [
        leaf
        for key, value in params.items()
        for leaf in (
            _leaves(value, f"{before}{key}.") if isinstance(value, dict) else [f"{before}{key}"]
        )
    ]


def _word(value: Any) -> str:
    """A value in the grammar of Hydra's overrides, which is what -S takes."""
    if isinstance(value, list):
        return f"[{','.join(map(_word, value))}]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return repr(value)
    bare = _BARE.fullmatch(value) and value.lower() not in _MEANINGS
    return value if bare else f"'{value}'"
