"""The page as a person meets it: photos, toggles, messages, both themes, a phone."""

import base64
import json
import shutil

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.report.test_browser import FAINT_TEXT, OVERFLOWING, PHONE
from tests.web.conftest import png, served

DROP = """([name, type, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, { type }));
  const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
  document.getElementById("stage").dispatchEvent(event);
}"""


def drop(page, name: str, content: bytes, type: str = "image/png") -> None:
    page.evaluate(DROP, [name, type, base64.b64encode(content).decode()])


def canvas(page) -> np.ndarray:
    """What it shows (H, W, 3) RGB."""
    url = page.evaluate("document.getElementById('canvas').toDataURL()")
    content = np.frombuffer(base64.b64decode(url.split(",")[1]), np.uint8)
    return cv2.cvtColor(cv2.imdecode(content, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def coloured(page, region: str) -> int:
    """How many pixels of the canvas have exactly the colour of a region."""
    label = page.locator("#regions label", has_text=region)
    colour = label.locator(".swatch").evaluate("(each) => getComputedStyle(each).backgroundColor")
    rgb = [int(part) for part in colour[4:-1].split(",")]
    return int((canvas(page) == rgb).all(axis=2).sum())


def test_a_dropped_photo_shows_its_landmarks_where_they_are(page, faces, predictor):
    drop(page, "face.png", png(faces[0].image))
    expect(page.locator("#status")).to_have_text("One face in face.png.")
    expect(page.locator("#faces")).to_have_text("1")
    (found,) = page.evaluate("window.facepoints.shown()")
    expected = predictor.predict(faces[0].image)
    np.testing.assert_allclose(found["landmarks"], expected.landmarks[0], atol=0.5)
    shown = canvas(page)
    scale = shown.shape[1] / faces[0].image.shape[1]
    places = np.rint((np.array(found["landmarks"]) + 0.5) * scale - 0.5).astype(int)
    swatches = page.locator("#regions .swatch")
    colours = swatches.evaluate_all(
        "all => all.map((each) => getComputedStyle(each).backgroundColor)"
    )
    known = {tuple(int(part) for part in colour[4:-1].split(",")) for colour in colours}
    assert {tuple(shown[y, x].tolist()) for x, y in places} == known


def test_a_chosen_photo_with_several_faces(page, faces, tmp_path):
    path = tmp_path / "three.png"
    path.write_bytes(png(np.concatenate([face.image for face in faces[:3]], axis=1)))
    page.locator("#file").set_input_files(path)
    expect(page.locator("#status")).to_have_text("3 faces in three.png.")
    assert len(page.evaluate("window.facepoints.shown()")) == 3


def test_regions_boxes_and_scores_can_be_switched(page, faces):
    drop(page, "face.png", png(faces[0].image))
    expect(page.locator("#faces")).to_have_text("1")
    names = page.locator("#regions label").all_inner_texts()
    assert [name.strip() for name in names] == ["jaw", "brows", "nose", "eyes", "mouth"]
    for name in ("jaw", "mouth"):
        before, other = coloured(page, name), coloured(page, "eyes")
        assert before > 20
        page.locator("#regions").get_by_label(name).uncheck()
        assert coloured(page, name) == 0
        assert coloured(page, "eyes") == other
        page.locator("#regions").get_by_label(name).check()
        assert coloured(page, name) == before
    without = canvas(page)
    page.get_by_label("Boxes and scores").check()
    changed = (canvas(page) != without).any(axis=2)
    (box,) = (face["box"] for face in page.evaluate("window.facepoints.shown()"))
    scale = without.shape[1] / faces[0].image.shape[1]
    x, y = round((box[0] + box[2] + 1) / 2 * scale), round((box[3] + 0.5) * scale)
    assert changed[y - 2 : y + 3, x].any()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_messages_stand_out_in_both_themes(page, theme):
    page.emulate_media(color_scheme=theme)
    drop(page, "grey.png", png(np.full((120, 160, 3), 90, np.uint8)))
    expect(page.locator("#status")).to_contain_text("No face found in grey.png.")
    measured = page.evaluate(FAINT_TEXT)
    assert measured["seen"] > 15
    assert measured["found"] == []


def test_what_is_no_image_is_told(page):
    drop(page, "notes.txt", b"no image", "text/plain")
    expect(page.locator("#status")).to_have_text(
        "notes.txt is no image that this browser can read."
    )
    drop(page, "half.png", png(np.zeros((99, 99, 3), np.uint8))[:60])
    expect(page.locator("#status")).to_have_text("half.png is no image that this browser can read.")


def test_the_last_of_two_photos_is_shown(page, faces):
    drop(page, "three.png", png(np.concatenate([face.image for face in faces[:3]], axis=1)))
    drop(page, "face.png", png(faces[0].image))
    expect(page.locator("#status")).to_have_text("One face in face.png.")
    page.wait_for_timeout(500)
    assert len(page.evaluate("window.facepoints.shown()")) == 1


def test_a_photo_of_100_megapixels_is_shrunk(page):
    # Pixels of one colour are a small file.
    drop(page, "huge.png", png(np.full((10_000, 10_000, 3), 90, np.uint8)))
    expect(page.locator("#status")).to_contain_text("No face found in huge.png.", timeout=60_000)


def test_no_camera_is_told(page):
    page.get_by_role("button", name="Start the webcam").click()
    expect(page.locator("#status")).to_have_text("There is no camera on this machine.")
    expect(page.locator("#webcam")).to_have_text("Start the webcam")


def test_nothing_sticks_out_on_a_phone(page, faces):
    page.set_viewport_size(PHONE)
    drop(page, "face.png", png(faces[0].image))
    expect(page.locator("#faces")).to_have_text("1")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(OVERFLOWING) == []


def test_it_says_what_runs_and_whose_terms_hold(page, predictor):
    said = page.locator("#about").inner_text()
    assert predictor.card.content["cell"] in said
    assert "68 points" in said
    assert "WebAssembly" in said
    assert predictor.card.content["training"]["licence"] in said
    assert "nothing is sent anywhere" in page.locator("header").inner_text()


def test_it_names_the_terms_of_weights_that_the_model_started_from(site, browser, visit, tmp_path):
    shutil.copytree(site, tmp_path / "site")
    path = tmp_path / "site/card.json"
    card = json.loads(path.read_text())
    first = {"cell": "facekit-a-none-all-0", "licence": "MIT"}
    second = {"cell": "w300-b-none-all-0", "licence": "research", "starts_from": first}
    card["training"]["starts_from"] = second
    path.write_text(json.dumps(card))
    with served(tmp_path / "site") as where:
        said = visit(browser, where).locator("#about").inner_text()
    assert said.endswith(
        "Started from w300-b-none-all-0: research. Started from facekit-a-none-all-0: MIT."
    )


def test_a_browser_without_webassembly_is_told(browser, address):
    tab = browser.new_page()
    tab.add_init_script("delete window.WebAssembly")
    tab.goto(address)
    expect(tab.locator("#status")).to_have_text(
        "This browser has no WebAssembly, which runs the model."
    )
    tab.close()


def test_a_page_that_lacks_a_file_says_which(browser, address):
    tab = browser.new_page()
    tab.route("**/model.onnx", lambda route: route.fulfill(status=404))
    tab.goto(address)
    expect(tab.locator("#status")).to_have_text(
        "The model does not start: model.onnx is not where the page expects it (404)."
    )
    tab.close()
