"""The folder that any web server can hand out: page, model, detector and onnxruntime-web."""

import shutil
from importlib import resources
from pathlib import Path

from facepoints import FacepointsError
from facepoints.inference.predictor import Predictor
from facepoints.web import cascade, runtime

MARK = ("index.html", "card.json", "haar.json")  # what tells such a folder from others


def build(model: Path, out: Path, archive: Path | None = None) -> None:
    """Write the page of an exported model, whole or not at all; an earlier page in its place goes.

    Args:
        archive: onnxruntime-web as `npm pack` fetches it; without one npm is called.

    Raises:
        FacepointsError: no model that facepoints exported, a folder with something else in it, or no onnxruntime-web.
    """
    card = Predictor(model).card
    if out.exists() and not (is_site(out) or (out.is_dir() and not any(out.iterdir()))):
        raise FacepointsError(
            f"{out}: there is something else than a page that facepoints wrote. Give a folder that is empty or not "
            "there yet: --out FOLDER."
        )
    out = out.resolve()
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        runtime.put(part / "ort", archive)
        with resources.as_file(resources.files("facepoints.web") / "page") as page:
            shutil.copytree(page, part, dirs_exist_ok=True)
        shutil.copyfile(model, part / "model.onnx")
        (part / "card.json").write_text(card.to_json(), "utf-8")
        (part / "haar.json").write_text(cascade.to_json(), "utf-8")
        (part / "haar.txt").write_text(cascade.licence(), "utf-8")
        shutil.rmtree(out, ignore_errors=True)
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def is_site(folder: Path) -> bool:
    """Whether `build` wrote a folder."""
    return all((folder / name).is_file() for name in MARK)
