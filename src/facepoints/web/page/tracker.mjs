// Finds faces and follows them: detect, correct, look, look again around what was found; facepoints/inference/predictor.py.

import { corrected, isBox, overlap, padded, tight } from "./boxes.mjs";
import { OneEuro } from "./smoothing.mjs";
import { warp } from "./warp.mjs";

const ACCEPTED = 0.5; // least score of what is taken for a face
const MOST = 4; // faces that are followed at once
const QUICK = 320; // longest side of a frame that is searched, pixels
const PAUSE = 1000; // between searches for further faces, milliseconds
const SAME = 0.4; // least overlap of two views of one face

export class Tracker {
  constructor(model, detector) {
    this.model = model;
    this.detector = detector;
    this.forget();
  }

  /** Leave the faces of the last frame: another video begins. */
  forget() {
    this.faces = [];
    this.searched = -Infinity;
  }

  /**
   * The faces { landmarks: [[x, y], …], box, score } of a picture, in its pixels, largest first; `box` is what the net saw.
   *
   * @param {ImageData} image
   * @param given a box by the model's own rule; then there is one face, whatever its score
   */
  async photo(image, given) {
    const { crop } = this.model.card;
    if (given) {
      if (!isBox(given)) throw new Error(`[${given}] is no box: expected x0, y0, x1, y1 with x1 > x0 and y1 > y0.`);
      return [await this.#look(image, padded(given, crop))];
    }
    return this.#detect(image);
  }

  /** The same of a video's next frame: where the last faces were, and now and then a search for others; steadied. */
  async frame(image) {
    const now = performance.now();
    const again = await this.#again(image, this.faces);
    let faces = again
      .map((face, i) => ({ ...face, filter: this.faces[i].filter }))
      .filter((face) => accepted(face) && inside(face.landmarks, image));
    if (!faces.length || (faces.length < MOST && now - this.searched > PAUSE)) {
      faces = faces.concat(await this.#detect(image, QUICK));
      this.searched = now;
    }
    this.faces = distinct(faces).slice(0, MOST).map((face) => ({ filter: new OneEuro(), ...face }));
    return this.faces.map(({ filter, landmarks, box, score }) => ({ landmarks: filter.next(landmarks, now / 1000), box, score }));
  }

  async #detect(image, longest) {
    const { crop, corrections } = this.model.card;
    if (crop.box === "image") { // it learned from whole images
      const whole = [-0.5, -0.5, image.width - 0.5, image.height - 0.5];
      return [await this.#look(image, padded(whole, crop))].filter(accepted);
    }
    const known = corrections.haar;
    const views = this.detector.boxes(image, longest).map((box) => (known ? corrected(box, known, crop) : padded(box, crop)));
    const first = [];
    for (const view of views) first.push(await this.#look(image, view));
    const faces = (await this.#again(image, first)).filter(accepted);
    return faces.sort((a, b) => b.box[2] - b.box[0] - (a.box[2] - a.box[0]));
  }

  /** Another look at faces, each in the box that belongs to its landmarks. */
  async #again(image, faces) {
    const { crop, corrections } = this.model.card;
    const seen = [];
    for (const face of faces) {
      const view = crop.box === "image" ? face.box : corrected(tight(face.landmarks), corrections.landmarks, crop);
      seen.push(await this.#look(image, view));
    }
    return seen;
  }

  async #look(image, view) {
    const [x0, y0, x1, y1] = view;
    const { points, score } = await this.model.run(warp(image, view, this.model.side));
    return { landmarks: points.map(([x, y]) => [x0 + x * (x1 - x0), y0 + y * (y1 - y0)]), box: view, score };
  }
}

function accepted({ score }) {
  return score >= ACCEPTED;
}

/** Whether half of the points or more lie in the picture. */
function inside(points, { width, height }) {
  const there = points.filter(([x, y]) => x >= -0.5 && y >= -0.5 && x < width - 0.5 && y < height - 0.5);
  return 2 * there.length >= points.length;
}

/** Without those that show a face once more. */
function distinct(faces) {
  return faces.filter((face, i) => !faces.slice(0, i).some((other) => overlap(other.box, face.box) > SAME));
}
