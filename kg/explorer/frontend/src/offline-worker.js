// The query engine: oxigraph with the dataset, beside the page, so that it can be stopped.
import init, { Store } from "oxigraph/web.js";

const TRIPLES = /^(construct|describe)$/i;
let store = null;

addEventListener("message", async ({ data }) => {
  if (data.engine) {
    try {
      await init({ module_or_path: data.engine });
      postMessage({ step: "reading" });
      store = new Store();
      store.load(data.dataset, { format: "application/n-quads", no_transaction: true });
      postMessage({ step: "ready", size: store.size });
    } catch (error) {
      postMessage({ step: "failed", error: String(error.message ?? error) });
    }
    return;
  }
  const { id, query, form } = data;
  const began = performance.now();
  try {
    const triples = TRIPLES.test(kindOf(query));
    const format = triples ? "text/turtle" : form;
    const answer = store.query(query, { base_iri: data.base, results_format: format });
    postMessage({ id, kind: triples ? "graph" : "table", body: answer, spent: performance.now() - began });
  } catch (error) {
    postMessage({ id, error: String(error.message ?? error) });
  }
});

/** The word that says what a query asks for: the first that is in no comment, IRI or text. */
function kindOf(query) {
  const bare = query
    .replace(/"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|<[^<>"{}|^`\\\s]*>|#[^\n]*/g, " ")
    .replace(/\b(?:prefix\s+\S*:|base)/gi, " ");
  return /\b(select|ask|construct|describe)\b/i.exec(bare)?.[0] ?? "";
}
