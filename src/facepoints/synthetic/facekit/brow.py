"""The brows' form: what is drawn and what the points mark follow it alike."""

from dataclasses import dataclass

from facepoints.synthetic.curves import Numbers, smoothstep

_ABOVE = 0.35  # of its half thickness that a brow's landmarks lie above its middle


@dataclass(frozen=True)
class Brow:
    """lift: how far both brows sit above their usual place, centimetres; thick: half their greatest thickness."""

    lift: float = 0.0
    thick: float = 0.42

    def half(self, along: Numbers) -> Numbers:
        """Half the thickness (N,) at shares of the length, from beside the nose outward."""
        half = self.thick * (0.35 + 0.65 * smoothstep(1.0, 0.25, along))
        return half * smoothstep(-0.02, 0.12, along)

    def middle(self, along: Numbers) -> Numbers:
        """Height (N,) of the middle above the kit's own landmarks, centimetres."""
        return self.lift - _ABOVE * self.half(along)
