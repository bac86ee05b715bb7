from facepoints.datasets.library import open_set
from facepoints.inspection.survey import survey
from facepoints.schemes.scheme import Scheme
from tests.inspection.conftest import SETTINGS


def test_faces_of_one_photo_have_the_names_that_the_crop_store_gives_them(drawings, tmp_path):
    drawings[0].save(tmp_path / "photo.jpg")
    rows = [f"photo.jpg,5,5,{20 + index},5,10,20" for index in range(3)]
    (tmp_path / "labels.csv").write_text("\n".join(["image,x0,y0,x1,y1,x2,y2", *rows]) + "\n")
    face_set = open_set("csv", tmp_path, Scheme("own", 3), {})
    found = survey(face_set, face_set.faces(), "own", SETTINGS, 2)
    assert [look.face for look in found.looks] == ["photo.jpg", "photo.jpg#2", "photo.jpg#3"]


def test_faces_come_in_the_order_of_the_set(faulty):
    face_set = faulty.open()
    found = survey(face_set, face_set.faces(), "own", SETTINGS, 2)
    assert [fault.index for fault in found.faults] == [0, 1]
    assert [fault.unreadable for fault in found.faults] == [True, False]
    assert [look.index for look in found.looks] == list(range(2, 31))
    assert found.faces == 31
