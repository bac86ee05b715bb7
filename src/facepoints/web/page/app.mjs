// The page: what was chosen, what is shown, what is said.

import { draw, layers } from "./drawing.mjs";
import { Engine } from "./engine.mjs";
import { camera, cameras, opened, pixels, surface } from "./pictures.mjs";

const at = (id) => document.getElementById(id);
const SPAN = 1000; // over which pictures per second are counted, milliseconds

const engine = new Engine(window.location.search);
let shown = null; // { picture, size: [width, height], faces, live } on the canvas
let stream = null; // of the webcam
let all = []; // layers of the scheme
let turn = 0; // counts what was chosen, so that an earlier choice that ends late shows nothing

// ---- For tests and other scripts.

/**
 * The faces of a picture as this page finds them: { faces: [{ landmarks, box, score }], milliseconds }, in its pixels.
 *
 * @param {ImageData | Blob | string} source a string is an address of this site
 * @param box x0, y0, x1, y1 as the model learned boxes; without one the detector looks for faces
 */
async function predict(source, box) {
  return engine.ask("photo", await pixelsOf(source), box);
}

/** The boxes that the detector finds, [[x0, y0, x1, y1], …]. */
async function search(source, longest) {
  return engine.ask("search", await pixelsOf(source), longest);
}

async function pixelsOf(source) {
  if (source instanceof ImageData) return source;
  const blob = typeof source === "string" ? await (await fetch(source)).blob() : source;
  return (await opened(blob, String(source))).image;
}

window.facepoints = { predict, search, ready: begin(), shown: () => shown?.faces ?? [] };

// ---- Start.

async function begin() {
  if (typeof WebAssembly !== "object") return say("This browser has no WebAssembly, which runs the model.", true);
  try {
    const { card, backend, threads } = await engine.ask("about");
    all = layers(card.scheme);
    at("regions").append(...all.map(toggle));
    const runs = backend === "webgpu" ? "WebGPU" : `WebAssembly, ${threads} ${threads === 1 ? "thread" : "threads"}`;
    const { data_set: set, licence, starts_from } = card.training;
    const told = [`Model ${card.cell} (${card.scheme.points} points) on ${runs}. Trained on ${set}: ${licence ?? "terms unknown"}.`];
    // The terms of weights that it started from hold, too, and of those that they had started from.
    for (let start = starts_from; start; start = start.starts_from) told.push(`Started from ${start.cell}: ${start.licence}.`);
    at("about").textContent = told.join(" ");
    at("file").disabled = at("webcam").disabled = false;
    say("Ready.");
    return { backend, threads };
  } catch (error) {
    return say(`The model does not start: ${error.message}`, true);
  }
}

function toggle({ name, colour }) {
  const label = document.createElement("label");
  const check = Object.assign(document.createElement("input"), { type: "checkbox", checked: true, name });
  const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
  swatch.style.background = colour;
  check.addEventListener("change", redraw);
  label.append(check, swatch, name);
  return label;
}

// ---- What is said and shown.

function say(text, wrong = false) {
  at("status").textContent = text;
  at("status").classList.toggle("wrong", wrong);
}

function show(picture, image, faces, live) {
  shown = { picture, size: [image.width, image.height], faces, live };
  at("hint").hidden = true;
  at("canvas").hidden = at("figures").hidden = false;
  at("faces").textContent = faces.length;
  redraw();
}

function redraw() {
  if (!shown) return;
  const [width, height] = shown.size;
  const room = [at("stage").clientWidth, Math.max(240, window.innerHeight * 0.75)];
  const scale = Math.min(room[0] / width, room[1] / height);
  const unit = window.devicePixelRatio || 1;
  const canvas = at("canvas");
  const [w, h] = [width, height].map((side) => Math.max(1, Math.round(side * scale * unit)));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  canvas.style.width = `${w / unit}px`;
  canvas.style.height = `${h / unit}px`;
  const chosen = all.filter(({ name }) => document.querySelector(`#regions input[name="${CSS.escape(name)}"]`).checked);
  draw(canvas, shown.picture, shown.size, shown.faces, {
    layers: chosen,
    box: at("box").checked,
    mirror: shown.live && at("mirror").checked,
  });
}

// ---- Photos.

async function photo(file) {
  stop();
  const mine = ++turn;
  say(`Looking at ${file.name} …`);
  try {
    const { picture, image } = await opened(file, file.name);
    if (mine !== turn) return;
    show(picture, image, [], false);
    const { faces, milliseconds } = await predict(image);
    if (mine !== turn) return;
    show(picture, image, faces, false);
    at("fps").textContent = "–";
    at("milliseconds").textContent = Math.round(milliseconds);
    if (faces.length) say(`${faces.length === 1 ? "One face" : `${faces.length} faces`} in ${file.name}.`);
    else say(`No face found in ${file.name}. The detector finds faces that look about into the camera.`, true);
  } catch (error) {
    if (mine === turn) say(error.message, true);
  }
}

// ---- The webcam.

async function start(id) {
  stop();
  const mine = ++turn;
  say("Asking for the camera …");
  try {
    const given = await camera(id);
    if (mine !== turn) return given.getTracks().forEach((track) => track.stop());
    stream = given;
    stream.getVideoTracks()[0].addEventListener("ended", () => mine === turn && lost());
    await list();
    at("video").srcObject = stream;
    await at("video").play();
    await engine.ask("forget");
    at("webcam").textContent = "Stop the webcam";
    await follow(mine);
  } catch (error) {
    if (mine !== turn) return;
    stop();
    say(error.message, true);
  }
}

async function list() {
  const found = await cameras();
  const used = stream.getVideoTracks()[0].getSettings().deviceId;
  at("camera").replaceChildren(...found.map(({ id, name }) => new Option(name, id, false, id === used)));
  at("cameras").hidden = found.length < 2;
}

/** Frame by frame, each shown with its own landmarks, until something else is chosen. */
async function follow(mine) {
  const video = at("video");
  // In turns: one is shown while the other takes the next frame, which is shown with its own landmarks or not at all.
  const canvases = [0, 1].map(() => surface(video.videoWidth, video.videoHeight));
  const times = [];
  while (mine === turn) {
    await nextFrame(video);
    canvases.reverse();
    const [canvas] = canvases;
    if (canvas.width !== video.videoWidth || canvas.height !== video.videoHeight) // a phone was turned
      Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
    const image = pixels(canvas, video);
    const { faces, milliseconds } = await engine.ask("frame", image);
    if (mine !== turn) return;
    show(canvas, image, faces, true);
    times.push({ time: performance.now(), milliseconds });
    while (times[0].time < times.at(-1).time - SPAN) times.shift();
    const passed = times.at(-1).time - times[0].time;
    at("fps").textContent = passed > 0 ? (((times.length - 1) * 1000) / passed).toFixed(1) : "–";
    at("milliseconds").textContent = Math.round(times.reduce((sum, each) => sum + each.milliseconds, 0) / times.length);
    say(faces.length ? "Following." : "No face found. Look into the camera, with your whole face in the picture.");
  }
}

function nextFrame(video) {
  return new Promise((resolve) => {
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(resolve);
    else requestAnimationFrame(resolve);
  });
}

function lost() {
  stop();
  say("The camera is gone.", true);
}

function stop() {
  turn++;
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  at("video").srcObject = null;
  at("webcam").textContent = "Start the webcam";
}

// ---- What people do.

at("file").addEventListener("change", ({ target }) => {
  if (target.files.length) photo(target.files[0]);
  target.value = ""; // so that the same photo can be chosen again
});
at("webcam").addEventListener("click", () => {
  if (!stream) return start();
  stop();
  return say("Ready.");
});
at("camera").addEventListener("change", ({ target }) => start(target.value));
for (const id of ["box", "mirror"]) at(id).addEventListener("change", redraw);
window.addEventListener("resize", redraw);
window.addEventListener("dragover", (event) => {
  event.preventDefault();
  at("stage").classList.add("over");
});
window.addEventListener("dragleave", () => at("stage").classList.remove("over"));
window.addEventListener("drop", (event) => {
  event.preventDefault();
  at("stage").classList.remove("over");
  const [file] = event.dataTransfer.files;
  if (file) photo(file);
  else say("That is no file. Drop a photo from a folder.", true);
});
