// Landmarks on a picture, in the colours of their regions.

const COLOURS = ["#4cc9f0", "#ffd166", "#80ed99", "#ff70a6", "#ff9770", "#c8b6ff", "#e9ff70", "#5e9bff"];
const LINE = 1.6, DOT = 2.2; // widths on the screen, pixels

/**
 * What can be shown and hidden: [{ name, colour, runs, dots }], a run being the points of a line in their order. Regions as
 * the scheme has them, then groups that belong to none, then points that belong to no group.
 */
export function layers(scheme) {
  const { groups = {}, regions = {}, closed = [] } = scheme;
  const run = (name) => (closed.includes(name) ? [...groups[name], groups[name][0]] : groups[name]);
  const inRegions = new Set(Object.values(regions).flat());
  const inGroups = new Set(Object.values(groups).flat());
  const named = [
    ...Object.entries(regions),
    ...Object.keys(groups).filter((name) => !inRegions.has(name)).map((name) => [name, [name]]),
  ].map(([name, parts]) => ({ name: name.replaceAll("_", " "), runs: parts.map(run), dots: parts.flatMap((part) => groups[part]) }));
  const rest = Array.from({ length: scheme.points }, (_, i) => i).filter((i) => !inGroups.has(i));
  if (rest.length) named.push({ name: groups && named.length ? "other points" : "points", runs: [], dots: rest });
  return named.map((layer, i) => ({ ...layer, colour: COLOURS[i % COLOURS.length] }));
}

/**
 * Draw a picture over the whole canvas, and its faces.
 *
 * @param shown { layers: those to draw, box: whether boxes and scores are, mirror: whether left and right change places }
 */
export function draw(canvas, picture, [width, height], faces, shown) {
  const context = canvas.getContext("2d");
  const scale = canvas.width / width;
  const place = ([x, y]) => [(shown.mirror ? width - 0.5 - x : x + 0.5) * scale, (y + 0.5) * scale];
  context.save();
  if (shown.mirror) context.setTransform(-1, 0, 0, 1, canvas.width, 0);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  context.restore();
  const unit = window.devicePixelRatio || 1;
  for (const face of faces) {
    const points = face.landmarks.map(place);
    for (const layer of shown.layers) lines(context, layer, points, unit);
    if (shown.box) box(context, [place(face.box.slice(0, 2)), place(face.box.slice(2))], face.score, unit);
  }
}

function lines(context, { runs, dots, colour }, points, unit) {
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = LINE * unit;
  context.lineJoin = "round";
  for (const run of runs) {
    context.beginPath();
    for (const index of run) context.lineTo(...points[index]);
    context.stroke();
  }
  for (const index of dots) {
    context.beginPath();
    context.arc(...points[index], DOT * unit, 0, 2 * Math.PI);
    context.fill();
  }
}

function box(context, [[x0, y0], [x1, y1]], score, unit) {
  const [left, top] = [Math.min(x0, x1), y0];
  context.strokeStyle = "#ffffff";
  context.lineWidth = LINE * unit;
  context.strokeRect(left, top, Math.abs(x1 - x0), y1 - y0);
  const text = score.toFixed(2);
  context.font = `${13 * unit}px system-ui, sans-serif`;
  const room = context.measureText(text).width + 10 * unit;
  const [x, y] = [Math.max(0, left), Math.max(0, top - 20 * unit)];
  context.fillStyle = "#ffffff";
  context.fillRect(x, y, room, 20 * unit);
  context.fillStyle = "#1f2328";
  context.fillText(text, x + 5 * unit, y + 15 * unit);
}
