"""What `split` in params.yaml says."""

from pydantic import Field

from facepoints.parameters import Settings


class SplitSettings(Settings):
    """Shares of groups (people or photos), not of faces."""

    test: float = Field(gt=0, lt=1)  # of all groups, where the test split is drawn by hash
    validation: float = Field(gt=0, lt=1)  # of the groups that are not in the test split
    seed: int  # moves the border between train and validation, and the order of training faces
