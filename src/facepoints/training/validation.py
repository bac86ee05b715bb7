"""Loss and error on the validation split, by which an epoch is chosen."""

from typing import cast

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor

from facepoints import FacepointsError
from facepoints.models.model import LandmarkModel
from facepoints.models.predicting import output, parts
from facepoints.nme.error import face_nme, normaliser, point_errors
from facepoints.store.batches import batches
from facepoints.store.crops import Crops
from facepoints.store.faces import Encoded, Faces, photo_points


@torch.no_grad()
def validate(
    fabric: Fabric, model: LandmarkModel, faces: Faces | Encoded, store: Crops
) -> tuple[float, float]:
    """Loss and NME (percent, the scheme's default normaliser) on the validation split, in fp32.

    Several processes take turns at its batches. The loss is the mean over batches, each counted by its faces: where
    points lack a label not quite the one over all.
    """
    model.eval()
    mine = parts(len(faces), fabric.device)[fabric.global_rank :: fabric.world_size]
    loss = torch.zeros((), device=fabric.device)
    points = torch.zeros(faces.points.shape, device=fabric.device)
    for index, batch in zip(mine, batches(faces, mine, fabric.device), strict=True):
        found = output(model, batch)
        share = len(batch) / len(faces)
        loss += model.head.loss(found, batch.points, batch.labelled) * share
        points[index] = model.head.decode(found).points
    loss, points = (
        cast(Tensor, fabric.all_reduce(part, reduce_op="sum")) for part in (loss, points)
    )
    predicted = photo_points(points.cpu().numpy(), store)
    true = photo_points(faces.points.cpu().numpy(), store)
    first = store.scheme.normaliser
    divisor = normaliser(true, store.labelled, store.scheme, first)
    usable = np.isfinite(divisor)
    if not usable.any():
        raise FacepointsError(
            f"no validation face can be measured with the normaliser {first}: its points are not labelled "
            f"or coincide, so that no epoch can be chosen. Give scheme {store.scheme.name} another first normaliser."
        )
    nme = face_nme(point_errors(predicted, true)[usable], store.labelled[usable], divisor[usable])
    return float(loss), float(nme.mean())
