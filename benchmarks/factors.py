"""What each factor of the rendered faces buys: leave-one-out, scored on real faces.

    python -m benchmarks.factors ../data/facekit --project FOLDER --faces 4000

renders that many faces of `facekit` with every factor as params.yaml has it, and again without one factor after the
other; trains the same net on each, and scores it on the test splits of real sets whose cache and split stages have
run in FOLDER. A factor buys what the NME rises by when it is left out: the difference to the net that had all of
them, paired face by face, with a 95 % interval over groups. Each seed is of the faces and of the net; over several
seeds the errors of each face are averaged first. What is done lies in .scratch/factors, and is not done again while
settings are the same; after a change of the code, remove that folder.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import boxes
from benchmarks.cells import model_points
from benchmarks.peers import face_errors, numbers
from benchmarks.trial import model_settings
from facepoints import parameters, recipe
from facepoints.augment.settings import AugmentationSettings
from facepoints.crops.settings import CacheSettings
from facepoints.datasets.library import open_set
from facepoints.evaluation.bootstrap import interval, resampled_means
from facepoints.files import replace
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import ModelSettings
from facepoints.schemes.library import load
from facepoints.sources.digest import digest
from facepoints.splits import table
from facepoints.store.build import build
from facepoints.store.crops import Crops, read, read_columns
from facepoints.store.faces import decode
from facepoints.synthetic.facekit.settings import FACTORS
from facepoints.training import devices
from facepoints.training.checkpoint import Checkpoint
from facepoints.training.loop import train
from facepoints.training.precision import decided
from facepoints.training.settings import TrainSettings

FOLDER = Path(".scratch/factors")
ALL = "all"
LEFT_OUT = [*FACTORS, "shadows"]
VALIDATION = 10  # one face in so many
RESAMPLES = 2000
PLAIN = {"optimizer": "adamw", "learning_rate": 0.001, "weight_decay": 0.05, "schedule": "cosine"}


def changed(options: dict[str, Any], left_out: str, seed: int, faces: int) -> dict[str, Any]:
    """Options of the set without one factor; `shadows` counts as one."""
    factors = {**options["factors"], **({left_out: 0.0} if left_out in FACTORS else {})}
    shadows = options["shadows"] and left_out != "shadows"
    return {**options, "faces": faces, "seed": seed, "factors": factors, "shadows": shadows}


def rendered(raw: Path, options: dict[str, Any], cache: CacheSettings, folder: Path) -> Crops:
    """The crops of these faces; rendered where that was not done."""
    scheme = load("ibug68")
    if not folder.is_dir():
        build(open_set("facekit", raw, scheme, options), scheme, cache, folder)
    return read(folder, read_columns(folder, ["face"])["face"])


def trained(
    store: Crops,
    model: ModelSettings,
    augmentation: AugmentationSettings,
    settings: TrainSettings,
    seed: int,
    saved: Path,
) -> LandmarkModel:
    """The net of the epoch that was best on a tenth of the rendered faces."""
    number = np.arange(len(store.face))
    learn, judge = (store.take(number[number % VALIDATION != 0]), store.take(number[::VALIDATION]))
    settings = decided(settings, model.backbone)
    fabric = devices.connect(settings)
    saved.parent.mkdir(parents=True, exist_ok=True)
    checkpoint = Checkpoint(saved, hashlib.sha256(settings.model_dump_json().encode()).hexdigest())
    found = train(fabric, learn, judge, model, augmentation, settings, {}, seed, checkpoint)
    checkpoint.discard()
    net = LandmarkModel(model, found.weights["mean_shape"], store.settings.side)
    net.load_state_dict(found.weights)
    return net.eval()


def on_real(net: LandmarkModel, store: Crops) -> NDArray[np.float64]:
    """NME of each face (N,), NaN where it cannot be scored."""
    faces = decode(store, net.input)
    squares = boxes.exact(len(store.face))
    return face_errors(
        lambda box: model_points(net, faces, None, box), load("ibug68"), store, [squares]
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facekit", type=Path, help="the files of ICT-FaceKit")
    parser.add_argument("--project", type=Path, default=Path(), help="where the real sets are cut")
    parser.add_argument("--sets", nargs="+", default=["w300", "muct"])
    parser.add_argument(
        "--factors",
        nargs="*",
        default=LEFT_OUT,
        choices=LEFT_OUT,
        metavar="NAME",
        help="to leave out",
    )
    parser.add_argument("--faces", type=int, default=4000)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument(
        "--recipe",
        help="train the first model of this recipe as it does, from scratch; else resnet18",
    )
    parser.add_argument("--input", type=int, default=112)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    arguments = parser.parse_args()
    params = parameters.read()
    model_name, augmentation_name, changes = "resnet18", "strong", PLAIN
    if arguments.recipe:
        params = recipe.changed(params, recipe.read(arguments.recipe).overrides, arguments.recipe)
        model_name, augmentation_name, changes = params["models"][0], params["augmentations"][0], {}
    cache = parameters.value(params, "cache", CacheSettings)
    options = params["dataset"]["facekit"]["options"]
    settings = parameters.value(params, "train", TrainSettings)
    settings = settings.model_copy(update={**changes, "epochs": arguments.epochs})
    real = {}
    for name in arguments.sets:
        rows = table.read(arguments.project / f"data/splits/{name}.csv")
        real[name] = read(arguments.project / "data/cache" / name, table.faces(rows, "test"))
    model = model_settings(model_name, arguments.input, params)
    augmentation = parameters.value(
        params, f"augmentation.{augmentation_name}", AugmentationSettings
    )
    parts = [part.model_dump_json() for part in (cache, settings, model, augmentation)]
    parts += [digest(arguments.facekit), *(face for store in real.values() for face in store.face)]
    errors: dict[str, dict[str, list[NDArray[np.float64]]]] = {}
    for seed in arguments.seeds:
        for left_out in [ALL, *arguments.factors]:
            content = changed(options, left_out, seed, arguments.faces)
            description = "\n".join([json.dumps(content, sort_keys=True), *parts])
            key = f"{left_out}-{seed}-{hashlib.sha256(description.encode()).hexdigest()[:12]}"
            files = {name: FOLDER / key / f"{name}.float64" for name in real}
            if not all(path.is_file() for path in files.values()):
                crops = FOLDER / key / "crops"
                store = rendered(arguments.facekit, content, cache, crops)
                net = trained(store, model, augmentation, settings, seed, FOLDER / key / "net.pt")
                for name, path in files.items():
                    replace(path, on_real(net, real[name]).tobytes())
                shutil.rmtree(crops)
            for name, path in files.items():
                errors.setdefault(name, {}).setdefault(left_out, []).append(
                    np.frombuffer(path.read_bytes())
                )
    print(json.dumps({name: _table(errors[name], real[name].group) for name in real}, indent=2))


def _table(found: dict[str, list[NDArray[np.float64]]], groups: list[str]) -> dict[str, Any]:
    """NME with all factors, and by how much it rises without each."""
    mean = {name: np.mean(each, axis=0) for name, each in found.items()}
    usable = np.isfinite(mean[ALL])
    mean = {name: each[usable] for name, each in mean.items()}
    groups = [group for group, use in zip(groups, usable, strict=True) if use]
    table: dict[str, Any] = {ALL: numbers(mean[ALL], groups)}
    for name, each in mean.items():
        if name != ALL:
            rise = each - mean[ALL]
            ends = interval(resampled_means(rise, groups, RESAMPLES), len(set(groups)))
            table[name] = {"rise": round(float(rise.mean()), 3)}
            if ends is not None:
                table[name] |= {"low": round(ends[0], 3), "high": round(ends[1], 3)}
    return table


if __name__ == "__main__":
    main()
