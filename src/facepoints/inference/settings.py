"""What `export` in params.yaml says."""

from facepoints.parameters import Settings


class ExportSettings(Settings):
    """Which smaller models are made beside model.onnx."""

    int8: bool
    fp16: bool

    @property
    def precisions(self) -> list[str]:
        """Their names."""
        return [name for name, wanted in (("int8", self.int8), ("fp16", self.fp16)) if wanted]
