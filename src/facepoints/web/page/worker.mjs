// Detector and model, in a thread of their own so that the page stays alive. Takes { id, call, given }, answers { id, value } or
// { id, error }.

import { Haar } from "./haar.mjs";
import { Model, file } from "./model.mjs";
import { Tracker } from "./tracker.mjs";

const wanted = new URLSearchParams(self.location.search);
const started = start();

async function start() {
  const [card, cascade] = await Promise.all(["card.json", "haar.json"].map(async (name) => (await file(name)).json()));
  const content = await (await file("model.onnx")).arrayBuffer();
  const threads = Number(wanted.get("threads")) || null;
  const model = await Model.load(card, content, { backend: wanted.get("backend"), threads });
  const detector = new Haar(cascade);
  return { model, detector, tracker: new Tracker(model, detector) };
}

const CALLS = {
  about: ({ model }) => ({ card: model.card, backend: model.backend, threads: model.threads }),
  search: ({ detector }, image, longest) => detector.boxes(image, longest),
  photo: ({ tracker }, image, box) => timed(() => tracker.photo(image, box)),
  frame: ({ tracker }, image) => timed(() => tracker.frame(image)),
  forget: ({ tracker }) => tracker.forget(),
};

async function timed(find) {
  const start = performance.now();
  const faces = await find();
  return { faces, milliseconds: performance.now() - start };
}

self.onmessage = async ({ data: { id, call, given } }) => {
  try {
    self.postMessage({ id, value: await CALLS[call](await started, ...given) });
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
};
