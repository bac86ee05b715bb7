// Steady points from trembling ones, the One-Euro filter: facepoints/live/smoothing.py.

const STILL = 0.5; // cutoff frequency of a point at rest, Hz
const SPEED = 30; // what the cutoff rises by, Hz per face size a second
const TRUST = 1; // cutoff frequency of the speed itself, Hz

/** The filter of one face's points. */
export class OneEuro {
  /**
   * Points [[x, y], …] of the next frame, smoothed.
   *
   * @param time of the frame, seconds; the same as that of the last one, or an earlier one, starts anew
   */
  next(points, time) {
    const past = time - this.time;
    this.time = time;
    if (!(past > 0)) { // the first ones, too
      this.speeds = points.map(() => [0, 0]);
      this.points = points;
      return points;
    }
    const unit = past * size(points);
    this.points = points.map((point, i) => {
      const last = this.points[i];
      const speed = this.speeds[i].map((value, axis) => value + share(TRUST, past) * ((point[axis] - last[axis]) / unit - value));
      this.speeds[i] = speed;
      const part = share(STILL + SPEED * Math.hypot(...speed), past);
      return last.map((value, axis) => value + part * (point[axis] - value));
    });
    return this.points;
  }
}

/** Of a face, pixels: √(width · height) of the box of its points, at least 1. */
function size(points) {
  const [width, height] = [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.max(1, Math.sqrt(width * height));
}

/** What a first-order low-pass filter takes over of a new value after `past` seconds. */
function share(cutoff, past) {
  const step = 2 * Math.PI * cutoff * past;
  return step / (step + 1);
}
