// Asks the query engine, which starts when it is first needed.
import { bytesOf, textOf } from "./offline-pack.js";
import { frame } from "./offline-words.js";

let worker = null;
let ready = null;
let numbers = 0;
let waiting = new Map();

/** Run a query. `tell` hears "engine", "reading" and "running". */
export async function ask(query, { form = "json", tell = () => {} } = {}) {
  await (ready ??= start(tell));
  tell("running");
  return new Promise((resolve, reject) => {
    const id = ++numbers;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, query, form, base: frame().base });
  });
}

/** Give up whatever runs; the next question starts the engine again. */
export function stop() {
  worker?.terminate();
  const given = waiting;
  [worker, ready, waiting] = [null, null, new Map()];
  for (const { reject } of given.values()) reject(new Error("stopped"));
}

async function start(tell) {
  tell("engine");
  const [script, engine, dataset] = await Promise.all([
    textOf("worker"),
    bytesOf("engine"),
    bytesOf("dataset"),
  ]);
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const begun = new Worker(address);
  worker = begun;
  return new Promise((resolve, reject) => {
    waiting.set(0, { resolve, reject });
    begun.onmessage = ({ data }) => {
      if (data.step === "reading") return tell("reading");
      const asked = waiting.get(data.id ?? 0);
      waiting.delete(data.id ?? 0);
      if (data.step === "ready") URL.revokeObjectURL(address);
      if (data.error === undefined) asked?.resolve(data);
      else asked?.reject(new Error(data.error));
    };
    begun.onerror = (event) => {
      event.preventDefault();
      const given = waiting;
      stop();
      for (const { reject: fail } of given.values()) fail(new Error(event.message || "worker"));
    };
    begun.postMessage({ engine, dataset }, [engine.buffer, dataset.buffer]);
  });
}
