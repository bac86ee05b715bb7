"""What `report` in params.yaml says."""

from facepoints.parameters import Settings


class ReportSettings(Settings):
    """What the report may show."""

    faces: bool  # also of sets that may not be passed on; the page then says so
