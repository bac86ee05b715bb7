"""`facepoints card`"""

import textwrap
from collections.abc import Mapping
from typing import Any

import typer

from facepoints.cli.failure import told
from facepoints.cli.model import Model, loaded
from facepoints.origins import origins

LANDMARKS = "landmarks"  # a correction that belongs to tracking, not to a detector
WIDTH = 88  # of texts


@told
def card(model: Model) -> None:
    """Tell what a model is: what it learned from and under which terms, its error, points, input and box."""
    predictor = loaded(model)
    typer.echo(_described(predictor.card.content, str(predictor.path)))


def _described(content: Mapping[str, Any], path: str) -> str:
    training, nme, crop, scheme = (content[key] for key in ("training", "nme", "crop", "scheme"))
    side = content["input"]["shape"][1]
    before = origins(training.get("starts_from"))
    rules = ", ".join(f"{rule} for {faces:,}" for rule, faces in training["box_rules"].items())
    detectors = set(content["corrections"]) - {LANDMARKS}
    unit = "box sides" if crop["padding_unit"] == "side" else "pixels"
    facts = {
        "learned from": f"{training['data_set']}, {training['faces']:,} faces (SHA-256 {training['sha256'][:16]}…)",
        "licence": training["licence"],
        **({"starts from": ", which started from ".join(before)} if before else {}),
        "NME": _nme(nme),
        "model": f"{content['model']['backbone']}, head {content['model']['head']['name']}, {content['precision']}",
        "points": f"{scheme['points']}, scheme {scheme['name']}",
        "input": f"{side} × {side} pixels, RGB, uint8",
        "box": f"{crop['box']}, padded by {crop['padding']:g} {unit} on each side"
        + (", then square" if crop["keep_aspect"] else "")
        + f"; in training: {rules}",
        "detectors": ", ".join(sorted(detectors)) + ": their boxes are corrected"
        if detectors
        else "none is fitted",
        "gives": ", ".join(content["outputs"]),
    }
    width = max(map(len, facts))
    lines = [f"{content['cell']} ({path})"]
    for key, text in facts.items():
        wrapped = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
        lines += [f"  {key if not at else '':<{width}}  {line}" for at, line in enumerate(wrapped)]
    return "\n".join(lines)


def _nme(nme: Mapping[str, Any]) -> str:
    interval = nme["interval"]
    between = f" [{interval[0]:.2f}, {interval[1]:.2f}]" if interval else ""
    faces = f"{nme['split']} split, {nme['faces']:,} faces"
    return f"{nme['percent']:.2f} %{between} of {nme['normaliser']}, {faces}; {nme['note']}"
