// The place of a query at which the server could not read on: marked, named, and told.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, showPanel } from "@codemirror/view";

const ID = "fault";
const set = StateEffect.define();

/**
 * The fault that a result names, as {line, column, message}, both from 1; null without one. The
 * result tells what is wrong: beside the query stands the place alone.
 */
export function namedFault(result) {
  const error = result?.querySelector(".error[data-line]");
  if (!error) return null;
  const { line, column, place } = error.dataset;
  return { line: Number(line), column: Number(column) || 1, message: place || told(error) };
}

/** What an error says, without what is folded away in it. */
export function told(error) {
  return (error.querySelector("[role=alert]") ?? error).textContent.trim();
}

/** Show a fault in the editor, or take it away with null. */
export function showFault(view, fault) {
  view.dispatch({ effects: set.of(fault && located(view.state.doc, fault)) });
}

function located(doc, { line, column, message }) {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  // Columns count characters; the editor counts UTF-16 units.
  const units = [...at.text].slice(0, column - 1).join("").length;
  const from = Math.min(at.from + units, at.to);
  const word = /^\S+/.exec(doc.sliceString(from, at.to));
  return { start: at.from, from, to: from + (word ? word[0].length : 0), message };
}

const field = StateField.define({
  create: () => null,
  update(fault, transaction) {
    for (const effect of transaction.effects) if (effect.is(set)) return effect.value;
    // What was typed may have mended it: only the server knows.
    return transaction.docChanged ? null : fault;
  },
  provide: (self) => [
    EditorView.decorations.from(self, (fault) => {
      if (!fault) return Decoration.none;
      const line = Decoration.line({ class: "cm-faultLine" }).range(fault.start);
      const mark = Decoration.mark({ class: "cm-fault" });
      return Decoration.set(fault.to > fault.from ? [line, mark.range(fault.from, fault.to)] : [line]);
    }),
    EditorView.contentAttributes.from(self, (fault) =>
      fault ? { "aria-invalid": "true", "aria-describedby": ID } : {},
    ),
    showPanel.from(self, (fault) => fault && (() => ({ dom: message(fault.message) }))),
  ],
});

function message(text) {
  const dom = document.createElement("div");
  dom.id = ID;
  dom.className = "cm-faultMessage";
  dom.textContent = text;
  return dom;
}

export const faults = field;
