"""The score of a face: does this look like one, under these points?

Three kinds of evidence: how well the points fit the training shapes (their distance in and from the space of these
shapes' principal components; T. Cootes et al., Active shape models, CVIU 1995), how sure the head is of them where it
says so, and what the backbone sees. A logistic regression weighs them. It is fitted on training faces, slightly out of
place, against views without a face; 0.5 lies between faces and views that it did not learn from.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from facepoints.augment.chance import Draws
from facepoints.augment.geometry import identity, move_points, resample, sample_homography
from facepoints.augment.settings import AugmentationSettings, Rotation, Scale, Translation
from facepoints.inference.nonfaces import nonfaces
from facepoints.models.covariance_losses import FLOOR
from facepoints.models.model import LandmarkModel
from facepoints.models.prediction import Prediction
from facepoints.store.faces import Faces

SEED = 0
BATCH = 16  # views
# How far off a box may be that still shows the face.
JITTER = AugmentationSettings(
    rotation=Rotation(probability=1.0, degrees=20.0),
    scale=Scale(probability=1.0, factor=1.15),
    translation=Translation(probability=1.0, sides=0.08),
)
COMPONENTS = 25  # at most
LEAST_WIDTH = 0.1  # of the median width
RIDGE = 1e-3  # of the regression's weights
HELD_OUT = 3  # one face in so many settles the border instead of the weights
FEW = 2 * HELD_OUT  # faces; of fewer all serve for both
FACES_LOST = 0.01  # share of faces below the border, wanted at most
OTHERS_TAKEN = 0.02  # share of views without a face above it, wanted at most
SMALL_ENOUGH = 0.25  # of the shares wanted at most
EPOCHS = 200  # of L-BFGS


@dataclass(frozen=True)
class Seen:
    """What a net makes of N views: pooled features (N, C) and points."""

    features: Tensor
    prediction: Prediction


class Shapes(nn.Module):
    """How points fit the training shapes; built from landmarks (N, K, 2), view units."""

    mean: Tensor
    components: Tensor
    deviations: Tensor
    rest: Tensor

    def __init__(self, landmarks: Tensor) -> None:
        super().__init__()
        flat = landmarks.flatten(1)
        mean = flat.mean(dim=0)
        _, values, vectors = torch.linalg.svd(flat - mean, full_matrices=False)
        count = min(COMPONENTS, flat.shape[1] - 1, len(flat) - 1)
        self.register_buffer("mean", mean)
        self.register_buffer("components", vectors[:count].contiguous())
        self.register_buffer("deviations", (values[:count] / len(flat) ** 0.5).clamp_min(1e-6))
        rest = flat - mean
        rest = rest - rest @ self.components.T @ self.components
        self.register_buffer("rest", rest.square().sum(dim=1).mean().sqrt().clamp_min(1e-6))

    def forward(self, points: Tensor) -> Tensor:
        """Points (N, K, 2) → (N, 2): logarithms of the mean squared deviation within the space and of the distance
        from it."""
        centred = points.flatten(1) - self.mean
        places = centred @ self.components.T
        within = (places / self.deviations).square().mean(dim=1)
        beyond = (centred - places @ self.components).square().sum(dim=1) / self.rest**2
        return torch.stack([within + 1e-3, beyond + 1e-3], dim=1).log()


class Likeness(nn.Module):
    """What a net makes of a view → a score in [0, 1]. `centre` and `width` (E,) standardise the evidence."""

    centre: Tensor
    width: Tensor
    weights: Tensor
    bias: Tensor

    def __init__(self, shapes: Shapes, evidence: Tensor, is_face: Tensor) -> None:
        super().__init__()
        self.shapes = shapes
        self.register_buffer("centre", evidence.mean(dim=0))
        width = evidence.std(dim=0)
        # A feature that hardly ever moves must not decide when it does.
        self.register_buffer("width", width + LEAST_WIDTH * width.median() + 1e-6)
        weights, bias = regression((evidence - self.centre) / self.width, is_face)
        self.register_buffer("weights", weights)
        self.register_buffer("bias", bias)

    def logits(self, evidence: Tensor) -> Tensor:
        """Evidence (N, E) → (N,)."""
        return ((evidence - self.centre) / self.width) @ self.weights + self.bias

    def forward(self, seen: Seen) -> Tensor:
        """(N,) scores."""
        return self.logits(evidence(self.shapes, seen)).sigmoid()


def see(model: LandmarkModel, images: Tensor) -> Seen:
    """(B, 3, S, S) float in [0, 1] → what the net makes of them, in one pass."""
    maps = model.backbone((images - model.mean) / model.deviation)
    return Seen(maps[-1].mean(dim=(2, 3)), model.head.decode(model.head(maps)))


def evidence(shapes: Shapes, seen: Seen) -> Tensor:
    """(N, E): features, fit to the shapes, and the mean log-determinant of the points' covariances if there are any."""
    parts = [seen.features, shapes(seen.prediction.points)]
    if seen.prediction.covariance is not None:
        covariance = seen.prediction.covariance
        determinant = covariance[..., 0, 0] * covariance[..., 1, 1] - covariance[..., 0, 1] ** 2
        parts.append(determinant.clamp_min(FLOOR**2).log().mean(dim=1, keepdim=True))
    return torch.cat(parts, dim=1)


@torch.no_grad()
def learn(model: LandmarkModel, faces: Faces) -> Likeness:
    """The score of a trained model, from some of its training faces; the same faces give the same score."""
    random = torch.Generator().manual_seed(SEED)
    crops = faces.crops.float() / 255
    moves, _ = sample_homography(JITTER, Draws(random, len(faces)))
    maps = torch.cat([identity(len(faces), crops.device), moves])
    views = resample(torch.cat([crops, crops]), maps, model.input, faces.margin)
    others = nonfaces(faces, model.input, random)
    # Where a point is not labelled its mean stands for it.
    points = torch.where(faces.labelled[..., None], faces.points, model.mean_shape)
    shapes = Shapes(move_points(torch.cat([points, points]), maps))
    known = torch.cat(
        [evidence(shapes, see(model, part)) for part in torch.cat([views, others]).split(BATCH)]
    )
    is_face = torch.arange(len(known)) < len(views)
    held_out = torch.arange(len(known)) % len(faces) % HELD_OUT == 0
    learned = ~held_out if len(faces) >= FEW else torch.ones_like(held_out)
    likeness = Likeness(shapes, known[learned], is_face[learned])
    logits = likeness.logits(known[held_out])
    likeness.bias -= border(logits[is_face[held_out]], logits[~is_face[held_out]])
    return likeness.eval()


def regression(evidence: Tensor, is_face: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (E,) and bias () of a ridge logistic regression in which both kinds weigh the same."""
    given, true = evidence.double(), is_face.double()
    share = torch.where(is_face, 1 / true.sum(), 1 / (1 - true).sum()) / 2
    with torch.enable_grad():
        weights = torch.zeros(given.shape[1] + 1, dtype=torch.double, requires_grad=True)
        optimiser = torch.optim.LBFGS([weights], max_iter=EPOCHS, line_search_fn="strong_wolfe")

        def loss() -> Tensor:
            optimiser.zero_grad()
            logits = given @ weights[:-1] + weights[-1]
            fit = binary_cross_entropy_with_logits(logits, true, share, reduction="sum")
            total: Tensor = fit + RIDGE * weights[:-1].square().sum()
            total.backward()
            return total

        optimiser.step(loss)
    found = weights.detach().float()
    return found[:-1].clone(), found[-1].clone()


def border(faces: Tensor, others: Tensor) -> Tensor:
    """The logit that divides: where the shares of faces below and of others from it on are the smallest, each in units
    of the share that is wanted at most. Where both are small enough over a range, nearer to the others, because real
    surroundings look less like faces than what was made of faces."""
    faces, others = faces.sort().values, others.sort().values
    known = torch.cat([faces, others]).sort().values
    lost = torch.searchsorted(faces, known) / len(faces)
    taken = 1 - torch.searchsorted(others, known) / len(others)
    worse = torch.maximum(lost / FACES_LOST, taken / OTHERS_TAKEN)
    best = (worse <= worse.min().clamp_min(SMALL_ENOUGH)).nonzero()[:, 0]
    low, high = known[(best[0] - 1).clamp_min(0)], known[best[-1]]
    return low + (high - low) / 3
