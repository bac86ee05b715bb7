// From the boxes of detectors, landmarks and people to view boxes: facepoints/inference/correction.py, crops/extent.py.

const LEAST_SIDE = 2; // of a box, pixels

/** The view box of a box that was drawn by the model's own rule: padded as in training. */
export function padded(box, crop) {
  const { centre, sides } = measured(box, false);
  const more = 2 * crop.padding * (crop.padding_unit === "side" ? Math.max(...sides) : 1);
  const wide = sides.map((side) => side + more);
  return around(centre, crop.keep_aspect ? wide.map(() => Math.max(...wide)) : wide);
}

/** The view box that a correction of the card gives for a box. */
export function corrected(box, { shift, scale }, crop) {
  const { centre, sides } = measured(box, crop.keep_aspect);
  return around(
    centre.map((value, axis) => value + sides[axis] * shift[axis]),
    sides.map((side, axis) => side * scale[axis]),
  );
}

/** The box around points. */
export function tight(points) {
  const [x, y] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, top] = [Math.min(...x), Math.min(...y)];
  return [left, top, Math.max(...x, left + LEAST_SIDE), Math.max(...y, top + LEAST_SIDE)];
}

/** Shared area of two boxes, in areas of both together. */
export function overlap(a, b) {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const shared = Math.max(0, width) * Math.max(0, height);
  const areas = [a, b].map((box) => (box[2] - box[0]) * (box[3] - box[1]));
  return shared / (areas[0] + areas[1] - shared);
}

/** Whether a box has an area, as facepoints/inference/predictor.py wants it. */
export function isBox(box) {
  return box.length === 4 && box.every(Number.isFinite) && box[2] - box[0] >= LEAST_SIDE && box[3] - box[1] >= LEAST_SIDE;
}

function measured([x0, y0, x1, y1], square) {
  const sides = [x1 - x0, y1 - y0];
  return { centre: [(x0 + x1) / 2, (y0 + y1) / 2], sides: square ? sides.map(() => Math.max(...sides)) : sides };
}

function around([x, y], [width, height]) {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}
