"""Reading params.yaml: one key at a time, each checked by the settings class of its part."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, overload

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from facepoints import FacepointsError

PARAMS_FILE = Path("params.yaml")

T = TypeVar("T")


class Loader(yaml.SafeLoader):
    """YAML 1.1 with the numbers of YAML 1.2, in which DVC writes params.yaml: 1e-05 is a number."""


Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


class Settings(BaseModel):
    """Base of every settings class: no unknown key, no silent conversion, no later change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def read(path: Path = PARAMS_FILE) -> dict[str, Any]:
    """All parameters, unchecked.

    Raises:
        FacepointsError: the file is missing or no YAML mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader)
    except OSError as error:
        raise FacepointsError(
            f"{path}: cannot be read ({error.strerror}). Run from the project's root, where it lies."
        ) from error
    except yaml.YAMLError as error:
        raise FacepointsError(f"{path}: no valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise FacepointsError(f"{path}: expected keys and values, found {type(content).__name__}.")
    return content


@overload
def value(parameters: Mapping[str, Any], key: str, kind: type[T], path: Path = ...) -> T: ...
@overload
def value(parameters: Mapping[str, Any], key: str, kind: object, path: Path = ...) -> Any: ...
def value(parameters: Mapping[str, Any], key: str, kind: Any, path: Path = PARAMS_FILE) -> Any:
    """The value of dotted `key`, validated as `kind` (a settings class, or any type annotation).

    Raises:
        FacepointsError: the key is missing, or its value is not a valid `kind`.
    """
    found: Any = parameters
    for part in key.split("."):
        if not isinstance(found, Mapping) or part not in found:
            allowed = ", ".join(sorted(map(str, found))) if isinstance(found, Mapping) else "none"
            raise FacepointsError(f"{path}: key {key} is missing (there are: {allowed}).")
        found = found[part]
    return checked(found, key, kind, path)


@overload
def checked(found: Any, key: str, kind: type[T], path: Path = ...) -> T: ...
@overload
def checked(found: Any, key: str, kind: object, path: Path = ...) -> Any: ...
def checked(found: Any, key: str, kind: Any, path: Path = PARAMS_FILE) -> Any:
    """`found` validated as `kind`; errors name the keys below `key`.

    Raises:
        FacepointsError: one line per wrong key, with what was expected and what came.
    """
    try:
        return TypeAdapter(kind).validate_python(found)
    except ValidationError as error:
        lines = [_line(problem, key, kind) for problem in error.errors()]
        raise FacepointsError("\n".join(f"{path}: {line}" for line in lines)) from error


def _line(problem: Any, key: str, kind: object) -> str:
    """One problem of pydantic's as `key: what is wrong`."""
    names, parent = _walk(kind, problem["loc"])
    where = ".".join([*([key] if key else []), *names])
    if problem["type"] == "extra_forbidden":
        allowed = ", ".join(parent.model_fields) if _is_settings(parent) else "no key"
        return f"unknown key {where} (allowed there: {allowed}). Correct or remove it."
    if problem["type"] == "missing":
        return f"key {where} is missing. Add it."
    found = problem["input"]
    if problem["type"] == "union_tag_invalid":
        tags = problem["ctx"]["expected_tags"].replace("'", "")
        return f"{where}.name: must be one of {tags}; found {problem['ctx']['tag']!r}."
    if problem["type"] == "union_tag_not_found":
        return f"key {where}.name is missing. Add it."
    if problem["type"] in ("model_type", "dict_type", "model_attributes_type"):
        message = "must hold keys and values"
    elif problem["type"] == "list_type":
        message = "must be a list, in brackets or one line each"
    elif problem["type"] == "too_short":
        message = f"must hold {problem['ctx']['min_length']} or more"
    else:
        message = str(problem["msg"]).removeprefix("Value error, ")
        message = message.replace("Input should be", "must be")
    return f"{where}: {message}" + ("." if isinstance(found, dict) else f"; found {found!r}.")


def _walk(kind: Any, path: Sequence[int | str]) -> tuple[list[str], Any]:
    """The keys along pydantic's `path` below `kind`, and the kind of what holds the last one."""
    names: list[str] = []
    parent = kind
    for part in path:
        if (choices := _choices(kind)) and (chosen := choices.get(str(part))):
            kind = chosen  # pydantic names the chosen class in the path, params.yaml does not
            continue
        parent = kind
        names.append(str(part))
        if _is_settings(kind):
            field = kind.model_fields.get(part)
            kind = None if field is None else field.annotation
        else:  # of dict[str, X] and list[X] it is X
            kind = (get_args(kind) or (None,))[-1]
        if get_origin(kind) in (Union, UnionType) and not _choices(kind):  # X | None
            kind = next(filter(_is_settings, get_args(kind)), None)
    return names, parent


def _choices(kind: Any) -> dict[str, Any]:
    """Of a union of several settings classes: each by the `name` that stands for it; else none."""
    classes = [each for each in get_args(kind) if _is_settings(each)]
    if get_origin(kind) not in (Union, UnionType) or len(classes) < 2:
        return {}
    return {get_args(each.model_fields["name"].annotation)[0]: each for each in classes}


def _is_settings(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
