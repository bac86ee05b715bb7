// The exported model under onnxruntime-web: on WebGPU where there is a graphics card, else as WebAssembly.

const BASE = new URL(".", import.meta.url);
const MOST_THREADS = 4;

/** What the page fetches beside its scripts, by the name of the file. */
export async function file(name) {
  const answer = await fetch(new URL(name, BASE));
  if (!answer.ok) throw new Error(`${name} is not where the page expects it (${answer.status}).`);
  return answer;
}

export class Model {
  /**
   * @param card the content of card.json
   * @param {ArrayBuffer} content of model.onnx
   * @param wanted { backend: "webgpu" | "wasm" | null, threads: number | null }; null leaves the choice to the page
   */
  static async load(card, content, { backend, threads }) {
    if (backend === "webgpu" || (backend === null && (await hasGraphics()))) {
      try {
        return await Model.#started(card, content, "webgpu", 1);
      } catch (error) {
        console.info(`WebGPU does not run this model, so WebAssembly does: ${error.message}`);
      }
    }
    return Model.#started(card, content, "wasm", self.crossOriginIsolated ? (threads ?? spare()) : 1);
  }

  static async #started(card, content, backend, threads) {
    const ort = await import(`./ort/ort.${backend}.min.mjs`);
    ort.env.wasm.wasmPaths = new URL("ort/", BASE).href;
    ort.env.wasm.numThreads = threads;
    ort.env.logLevel = "error"; // warns else of each node that WebGPU leaves to the processor
    const session = await ort.InferenceSession.create(content.slice(0), {
      executionProviders: [backend],
      logSeverityLevel: 3,
    });
    const model = new Model(card, session, ort.Tensor, backend, ort.env.wasm.numThreads);
    await model.run(new Uint8Array(model.side * model.side * 3)); // the first run is slow, and shows what does not work
    return model;
  }

  constructor(card, session, Tensor, backend, threads) {
    Object.assign(this, { card, session, Tensor, backend, threads });
    this.side = card.input.shape[1];
  }

  /** The points [[x, y], …] in view units, and the score, of a view (S, S, 3). */
  async run(view) {
    const images = new this.Tensor("uint8", view, [1, this.side, this.side, 3]);
    const { landmarks, score } = await this.session.run({ [this.card.input.name]: images });
    const [flat, points] = [landmarks.data, []];
    for (let i = 0; i < flat.length; i += 2) points.push([flat[i], flat[i + 1]]);
    return { points, score: score.data[0] };
  }
}

/** Threads for the net: one core is left to the page, which shows and draws pictures. */
function spare() {
  return Math.min(MOST_THREADS, Math.max(1, (navigator.hardwareConcurrency || 1) - 1));
}

async function hasGraphics() {
  try {
    const adapter = await navigator.gpu?.requestAdapter();
    return Boolean(adapter) && !adapter.info?.isFallbackAdapter; // a fallback computes on the processor, and slowly
  } catch {
    return false;
  }
}
