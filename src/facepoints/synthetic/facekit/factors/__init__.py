"""What varies about a face, one module each; a new factor is a new module and its name in two lists.

A factor changes the draft by random numbers of its own, as strongly as its strength says: 0 changes nothing.
"""

from collections.abc import Callable

import numpy as np

from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.factors.background import background
from facepoints.synthetic.facekit.factors.beard import beard
from facepoints.synthetic.facekit.factors.brows import brows
from facepoints.synthetic.facekit.factors.clothes import clothes
from facepoints.synthetic.facekit.factors.expression import expression
from facepoints.synthetic.facekit.factors.eyes import eyes
from facepoints.synthetic.facekit.factors.glasses import glasses
from facepoints.synthetic.facekit.factors.hair import hair
from facepoints.synthetic.facekit.factors.headwear import headwear
from facepoints.synthetic.facekit.factors.identity import identity
from facepoints.synthetic.facekit.factors.lashes import lashes
from facepoints.synthetic.facekit.factors.light import light
from facepoints.synthetic.facekit.factors.makeup import makeup
from facepoints.synthetic.facekit.factors.mask import mask
from facepoints.synthetic.facekit.factors.occluder import occluder
from facepoints.synthetic.facekit.factors.pose import pose
from facepoints.synthetic.facekit.factors.sensor import sensor
from facepoints.synthetic.facekit.factors.skin import skin

Factor = Callable[[Draft, np.random.Generator, float], None]

# In the order of settings.FACTORS.
FACTORS: dict[str, Factor] = {
    "identity": identity,
    "expression": expression,
    "pose": pose,
    "skin": skin,
    "makeup": makeup,
    "eyes": eyes,
    "brows": brows,
    "lashes": lashes,
    "hair": hair,
    "beard": beard,
    "mask": mask,
    "headwear": headwear,
    "clothes": clothes,
    "glasses": glasses,
    "occluder": occluder,
    "light": light,
    "background": background,
    "sensor": sensor,
}
