// The page's side of worker.mjs: each of its calls as a promise.

export class Engine {
  /** @param {string} wanted the page's own query: ?backend=webgpu|wasm and ?threads=N */
  constructor(wanted) {
    this.waiting = new Map();
    this.calls = 0;
    this.worker = new Worker(new URL(`worker.mjs${wanted}`, import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data: { id, value, error } }) => {
      const { resolve, reject } = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) resolve(value);
      else reject(new Error(error));
    };
    this.worker.onerror = (event) => { // the script itself did not load or start
      event.preventDefault();
      for (const { reject } of this.waiting.values()) reject(new Error(event.message || "its scripts do not load"));
      this.waiting.clear();
    };
  }

  ask(call, ...given) {
    const id = this.calls++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, call, given });
    });
  }
}
