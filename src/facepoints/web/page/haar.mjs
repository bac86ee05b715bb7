// A cascade of boosted Haar features that finds frontal faces (P. Viola and M. Jones, CVPR 2001), with the cascade and the
// conventions of OpenCV's detector, so that both find the same boxes: facepoints/crops/detector.py.

const RIM = 1; // pixels of the window, on each side, that do not count for its contrast
const LEAST_DEVIATION = 10; // of the grey levels in a window; flatter ones hold no face
const FINE = 2; // factor from which on a window is moved by one pixel, not two
const NEAR = 0.2; // how far boxes of one face may differ, of their sides
const CORNERS = 4; // of a rectangle
const RECTANGLES = 3; // of a feature, at most

export class Haar {
  /** @param cascade the content of haar.json */
  constructor(cascade) {
    this.cascade = cascade;
    const stumps = cascade.stages.flatMap(([, stage]) => stage);
    this.rectangles = stumps.map(([, , , rectangles]) => rectangles);
    this.thresholds = Float32Array.from(stumps, ([threshold]) => threshold);
    this.below = Float32Array.from(stumps, ([, below]) => below);
    this.above = Float32Array.from(stumps, ([, , above]) => above);
    this.weights = new Float32Array(stumps.length * RECTANGLES);
    this.rectangles.forEach((each, i) => each.forEach(([, , , , weight], j) => (this.weights[i * RECTANGLES + j] = weight)));
    this.bars = Float32Array.from(cascade.stages, ([threshold]) => threshold - 1e-5);
    let last = 0;
    this.ends = Int32Array.from(cascade.stages, ([, stage]) => (last += stage.length));
  }

  /**
   * The faces of a picture as boxes [x0, y0, x1, y1] in its pixels, in an order of their own values.
   *
   * @param {ImageData} image
   * @param longest pixels; a larger picture is shrunk to this before it is searched
   */
  boxes(image, longest = this.cascade.longest) {
    const { width, height } = image;
    const scale = Math.min(1, longest / Math.max(width, height));
    const w = Math.max(1, Math.round(width * scale)), h = Math.max(1, Math.round(height * scale));
    let grey = greys(image);
    if (scale < 1) grey = shrunk(grey, width, height, w, h);
    const hits = this.#search(grey, w, h);
    return grouped(hits, this.cascade.neighbours)
      .map(([x, y, side]) => [x, y, x + side, y + side].map((value, i) => (value * (i % 2 ? height / h : width / w)) - 0.5))
      .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  }

  /** Windows [x, y, side] that pass all stages, at every place and size. */
  #search(grey, width, height) {
    const { window, step } = this.cascade;
    const stride = width + 1;
    const offsets = this.#offsets(stride);
    const hits = [];
    for (let factor = 1; Math.round(window * factor) <= Math.min(width, height); factor *= step) {
      const scale = Math.fround(factor);
      const w = Math.round(width / scale), h = Math.round(height / scale);
      const level = factor === 1 ? grey : bilinear(grey, width, height, w, h);
      const sums = integrals(level, w, h, stride);
      const pace = scale >= FINE ? 1 : 2;
      const side = Math.round(window * scale);
      for (let y = 0; y + window <= h; y += pace)
        for (let x = 0; x + window <= w; x += pace) {
          const passed = this.#passed(sums, offsets, y * stride + x);
          if (passed === this.ends.length) hits.push([even(x * scale), even(y * scale), side]);
          else if (passed === 0) x += pace; // nothing like a face: the next place is left out
        }
    }
    return hits;
  }

  /** For each feature the corners of its rectangles, as offsets into integral images; then those of the whole window. */
  #offsets(stride) {
    const { window } = this.cascade;
    const offsets = new Int32Array((this.rectangles.length * RECTANGLES + 1) * CORNERS);
    const put = (at, [x, y, w, h]) =>
      offsets.set([y * stride + x, y * stride + x + w, (y + h) * stride + x, (y + h) * stride + x + w], at * CORNERS);
    this.rectangles.forEach((each, i) => each.forEach((rectangle, j) => put(i * RECTANGLES + j, rectangle)));
    put(this.rectangles.length * RECTANGLES, [RIM, RIM, window - 2 * RIM, window - 2 * RIM]);
    return offsets;
  }

  /** How many stages the window at a place passes; −1 for a flat one. */
  #passed({ sum, squares }, offsets, at) {
    const whole = offsets.length - CORNERS;
    const area = (this.cascade.window - 2 * RIM) ** 2;
    const total = rectangle(sum, offsets, whole, at);
    const spread = area * rectangle(squares, offsets, whole, at) - total * total;
    if (spread <= (LEAST_DEVIATION * area) ** 2) return -1;
    const norm = 1 / Math.sqrt(spread);
    const { weights, thresholds, below, above, ends, bars } = this;
    for (let stage = 0, stump = 0; stage < ends.length; stage++) {
      let votes = 0;
      for (; stump < ends[stage]; stump++) {
        const first = stump * RECTANGLES;
        const corner = first * CORNERS;
        let value = weights[first] * rectangle(sum, offsets, corner, at);
        value += weights[first + 1] * rectangle(sum, offsets, corner + CORNERS, at);
        if (weights[first + 2] !== 0) value += weights[first + 2] * rectangle(sum, offsets, corner + 2 * CORNERS, at);
        votes += value * norm < thresholds[stump] ? below[stump] : above[stump];
      }
      if (votes < bars[stage]) return stage;
    }
    return ends.length;
  }
}

function rectangle(sums, offsets, corner, at) {
  return (
    sums[at + offsets[corner]] - sums[at + offsets[corner + 1]] - sums[at + offsets[corner + 2]] + sums[at + offsets[corner + 3]]
  );
}

/** Grey levels, weighed as OpenCV weighs red, green and blue. */
function greys({ data, width, height }) {
  const grey = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < grey.length; i++, p += 4)
    grey[i] = (9798 * data[p] + 19235 * data[p + 1] + 3735 * data[p + 2] + 16384) >> 15;
  return grey;
}

/** Sums of the levels, and of their squares, of all that is above and left of each corner of a pixel. */
function integrals(level, width, height, stride) {
  const sum = new Int32Array(stride * (height + 1));
  const squares = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0, rowSquares = 0;
    for (let x = 0; x < width; x++) {
      const value = level[y * width + x];
      const at = (y + 1) * stride + x + 1;
      row += value;
      rowSquares += value * value;
      sum[at] = sum[at - stride] + row;
      squares[at] = squares[at - stride] + rowSquares;
    }
  }
  return { sum, squares };
}

/** Each pixel is the mean of the area that becomes it. */
function shrunk(grey, width, height, w, h) {
  const across = new Float32Array(w * height);
  for (const { to, from, share } of shares(width, w))
    for (let y = 0; y < height; y++) across[y * w + to] += share * grey[y * width + from];
  const sums = new Float32Array(w * h);
  for (const { to, from, share } of shares(height, h))
    for (let x = 0; x < w; x++) sums[to * w + x] += share * across[from * w + x];
  return Uint8Array.from(sums, Math.round);
}

/** Which old pixels make up each new one along an axis, and to what share. */
function shares(length, count) {
  const found = [];
  const width = length / count;
  for (let to = 0; to < count; to++)
    for (let from = Math.floor(to * width); from < Math.min(length, (to + 1) * width - 1e-6); from++) {
      const share = (Math.min(from + 1, (to + 1) * width) - Math.max(from, to * width)) / width;
      found.push({ to, from, share });
    }
  return found;
}

/** Half-pixel exact, borders repeated, in whole numbers as OpenCV's exact one: weights are of 256. */
function bilinear(grey, width, height, w, h) {
  const [x, y] = [along(width, w), along(height, h)];
  const level = new Uint8Array(w * h);
  for (let j = 0; j < h; j++) {
    const up = y.low[j] * width, down = y.high[j] * width, below = y.part[j];
    for (let i = 0; i < w; i++) {
      const left = x.low[i], right = x.high[i], after = x.part[i];
      const upper = (256 - after) * grey[up + left] + after * grey[up + right];
      const lower = (256 - after) * grey[down + left] + after * grey[down + right];
      level[j * w + i] = ((256 - below) * upper + below * lower + 32768) >> 16;
    }
  }
  return level;
}

function along(length, count) {
  const low = new Int32Array(count), high = new Int32Array(count), part = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const place = Math.min(Math.max(((i + 0.5) * length) / count - 0.5, 0), length - 1);
    low[i] = Math.floor(place);
    high[i] = Math.min(low[i] + 1, length - 1);
    part[i] = even((place - low[i]) * 256);
  }
  return { low, high, part };
}

/** The mean of each set of like squares [x, y, side] with more than `least` members, as OpenCV groups them. */
function grouped(hits, least) {
  const groups = parted(hits)
    .filter((members) => members.length > least)
    .map((members) => ({ count: members.length, mean: [0, 1, 2].map((i) => even(average(members.map((each) => each[i])))) }));
  const inside = ({ mean: [x, y, side], count }, other) => {
    const [X, Y, large] = other.mean;
    const slack = even(large * NEAR);
    const fits = x >= X - slack && y >= Y - slack && x + side <= X + large + slack && y + side <= Y + large + slack;
    return fits && other.count > Math.max(3, count);
  };
  return groups.filter((one) => !groups.some((other) => other !== one && inside(one, other))).map(({ mean }) => mean);
}

/** Sets of squares that are alike, also by way of others. */
function parted(hits) {
  const waiting = new Set(hits), groups = [];
  for (const start of waiting) {
    waiting.delete(start);
    const members = [start];
    for (const one of members)
      for (const other of waiting)
        if (alike(one, other)) {
          waiting.delete(other);
          members.push(other);
        }
    groups.push(members);
  }
  return groups;
}

function alike([x, y, side], [X, Y, other]) {
  const slack = NEAR * Math.min(side, other);
  const pairs = [[x, X], [y, Y], [x + side, X + other], [y + side, Y + other]];
  return pairs.every(([one, two]) => Math.abs(one - two) <= slack);
}

/** Rounded; halves go to the even number, as OpenCV's do. */
function even(value) {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 ? up - 1 : up;
}

function average(values) {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
