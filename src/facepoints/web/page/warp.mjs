// From the pixels of a picture to those of a view: the sampling of facepoints/crops/warp.py, but for one grey level in a few pixels.

const COARSE = 32, FINE = 1024; // OpenCV counts places in these parts of a pixel, and what is added up to them in finer ones

/**
 * What `box` spans in a picture, as `size` × `size` RGB pixels; black beyond the picture. Where the picture shrinks, each
 * pixel is the mean of the n × n bilinear samples that fall into it.
 *
 * @param {ImageData} image
 * @param {number[]} box x0, y0, x1, y1 in the picture's pixels; (0, 0) is the centre of its first pixel
 * @returns {Uint8Array} (size, size, 3)
 */
export function warp(image, [x0, y0, x1, y1], size) {
  const shrink = Math.max(x1 - x0, y1 - y0) / size;
  const samples = Math.max(1, Math.ceil(shrink - 1e-3));
  const columns = places(x0, x1, size * samples, image.width, 4);
  const rows = places(y0, y1, size * samples, image.height, 4 * image.width);
  // OpenCV adds two halves by shifting bits, and multiplies other sums by a share of 32 bits.
  const share = Math.fround(1 / samples ** 2);
  const mean = samples === 2 ? (sum) => (sum + 2) >> 2 : (sum) => even(Math.fround(sum * share));
  const view = new Uint8Array(size * size * 3);
  const sums = new Float64Array(size * 3);
  for (let v = 0; v < size; v++) {
    sums.fill(0);
    for (let row = v * samples; row < (v + 1) * samples; row++) add(sums, image.data, columns, rows, row, samples);
    for (let i = 0; i < size * 3; i++) view[v * size * 3 + i] = mean(sums[i]);
  }
  return view;
}

/** The nearest whole number, of two the even one. */
function even(value) {
  const low = Math.floor(value), rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2) ? low + 1 : low;
}

/** Add one row of samples to the sums of the view's pixels. */
function add(sums, pixels, columns, rows, row, samples) {
  const up = rows.first[row], down = rows.second[row];
  const above = rows.firstWeight[row], below = rows.secondWeight[row];
  for (let column = 0; column < columns.first.length; column++) {
    const left = columns.first[column], right = columns.second[column];
    const before = columns.firstWeight[column], after = columns.secondWeight[column];
    const at = 3 * Math.floor(column / samples);
    for (let c = 0; c < 3; c++) {
      const upper = before * pixels[up + left + c] + after * pixels[up + right + c];
      const lower = before * pixels[down + left + c] + after * pixels[down + right + c];
      sums[at + c] += Math.round(above * upper + below * lower);
    }
  }
}

/** Along one axis: for each sample the two pixels beside it, as offsets, with their weights: 0 beyond the picture. */
function places(start, end, count, length, stride) {
  const first = new Int32Array(count), second = new Int32Array(count);
  const firstWeight = new Float64Array(count), secondWeight = new Float64Array(count);
  const step = (end - start) / count;
  const begin = Math.round((start + step / 2) * FINE) + FINE / COARSE / 2;
  for (let i = 0; i < count; i++) {
    const place = Math.floor(((begin + Math.round(i * step * FINE)) * COARSE) / FINE) / COARSE;
    const low = Math.floor(place);
    if (low >= 0 && low < length) {
      first[i] = low * stride;
      firstWeight[i] = low + 1 - place;
    }
    if (low + 1 >= 0 && low + 1 < length) {
      second[i] = (low + 1) * stride;
      secondWeight[i] = place - low;
    }
  }
  return { first, second, firstWeight, secondWeight };
}
