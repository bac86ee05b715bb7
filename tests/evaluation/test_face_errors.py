import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.evaluation.face_errors import FaceErrors, parse, write

TABLE = FaceErrors(
    ["a, b.jpg", "c.jpg#2"], ["p", "q"], [["pose", "blur"], []], np.array([3.25, 12.0])
)


def test_a_table_reads_back_as_written(tmp_path):
    write(TABLE, tmp_path / "cell.csv")
    found = parse((tmp_path / "cell.csv").read_text(), "cell.csv")
    assert (found.face, found.group, found.subsets) == (TABLE.face, TABLE.group, TABLE.subsets)
    np.testing.assert_array_equal(found.nme, TABLE.nme)


def test_a_subset_s_faces():
    assert TABLE.names() == ["blur", "pose"]
    assert TABLE.take(TABLE.places("pose")).face == ["a, b.jpg"]


@pytest.mark.parametrize(
    "text",
    ["", "error,share\n1,2\n", "face,group,subsets,nme\n", "face,group,subsets,nme\na,b,,much\n",
     "face,group,subsets,nme\na,b,,nan\n", "face,group,subsets,nme\na,b\n"],
)  # fmt: skip
def test_another_table_is_told(text):
    with pytest.raises(
        FacepointsError, match="cell.csv: expected a CSV file with the columns face"
    ):
        parse(text, "cell.csv")
