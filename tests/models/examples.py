"""One example of each head and loss, and models of them."""

from facepoints.models.settings import (
    HeatmapSettings,
    LossSettings,
    ModelSettings,
    PipSettings,
    RegressionSettings,
    SoftArgmaxSettings,
)

MAPS = {"maps": "pyramid", "stride": 4, "channels": 64, "sigma": 1.5, "smoothing": 0.0}
HEADS = {
    "regression": RegressionSettings(name="regression", pool="flatten", sigmoid=False, dropout=0.0),
    "pip": PipSettings(name="pip", neighbours=10, score_weight=1.0, smoothing=0.0),
    "heatmap": HeatmapSettings(name="heatmap", decoding="offset", offset_weight=0.1, **MAPS),
    "soft_argmax": SoftArgmaxSettings(
        name="soft_argmax", divergence="kl", divergence_weight=1.0, **MAPS
    ),
}
OPTIONS = {
    "l1": {},
    "l2": {},
    "smooth_l1": {"beta": 0.02},
    "wing": {"w": 0.05, "epsilon": 0.01},
    "soft_wing": {"omega1": 0.01, "omega2": 0.1, "epsilon": 0.002},
    "euclidean": {},
    "star": {"omega": 8.0, "beta": 0.005},
    "gaussian_nll": {},
    "adaptive_wing": {"alpha": 2.1, "omega": 14.0, "epsilon": 1.0, "theta": 0.5, "weight": 10.0},
}


def loss(name="l1", head="regression"):
    # A square of a share of the view is too small beside the heads' other terms.
    unit = "map" if head == "heatmap" else "pixel" if name == "l2" else "view"
    return LossSettings(name=name, unit=unit, **OPTIONS[name])


def head(name="regression", **change):
    """The example with some fields changed."""
    return HEADS[name].model_copy(update=change)


def settings(backbone="mobilenet_v3_small", side=96, name="regression", **change):
    """A model of the example head `name`, with its first loss, or as changed."""
    fields = {
        "backbone": backbone,
        "weights": "none",
        "freeze": False,
        "input": side,
        "normalise": "half",
        "batch_norm_momentum": 0.1,
        "learning_rate": None,
        "head": HEADS[name],
        "loss": loss("l2" if name == "heatmap" else "l1", name),
    }
    return ModelSettings(**{**fields, **change})
