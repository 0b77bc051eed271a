// The console: CodeMirror in place of the textarea, and results that come without leaving the page.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import {
  HighlightStyle,
  LanguageSupport,
  bracketMatching,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { styleTags, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";
import { completion } from "./completion.js";
import { faults, namedFault, showFault, told } from "./fault.js";
import { afterSwap, announce, visit } from "./live.js";

const LONGEST = 6000; // characters of an address that every program on the way takes

// Its grammar knows these; its own styles leave them out.
const language = SparqlLanguage.configure({
  props: [
    styleTags({
      "Pname_ln Pname_ns": tags.namespace,
      Langtag: tags.annotation,
      A_predicate: tags.keyword,
    }),
  ],
});

// Colours come from the page, which has them for light and for dark.
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--code-variable)" },
  { tag: [tags.string, tags.annotation], color: "var(--code-string)" },
  { tag: [tags.integer, tags.float, tags.bool], color: "var(--code-number)" },
  { tag: [tags.namespace, tags.url, tags.typeName], color: "var(--code-name)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
]);

const theme = EditorView.theme({
  "&": {
    color: "var(--island-ink)",
    backgroundColor: "var(--island-ground)",
    border: "1px solid var(--island-line)",
    borderRadius: "0.375rem",
    fontSize: "0.9375rem",
  },
  "&.cm-focused": { outline: "3px solid var(--island-accent)", outlineOffset: "1px" },
  ".cm-scroller": {
    maxHeight: "60vh",
    overflow: "auto",
    fontFamily: 'ui-monospace, "SF Mono", Consolas, monospace, "Noto Sans Mono CJK SC"',
    lineHeight: "1.5",
  },
  ".cm-content, .cm-gutter": { minHeight: "12rem" },
  ".cm-content": { caretColor: "var(--island-ink)" },
  ".cm-cursor": { borderLeftColor: "var(--island-ink)" },
  ".cm-gutters": {
    color: "var(--island-muted)",
    backgroundColor: "var(--island-raised)",
    borderRight: "1px solid var(--island-line)",
  },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--island-accent) 30%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--island-accent)",
  },
  "&.cm-focused .cm-nonmatchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--island-error)",
  },
  ".cm-placeholder": { color: "var(--island-muted)" },
  ".cm-tooltip": {
    color: "var(--island-ink)",
    backgroundColor: "var(--island-ground)",
    border: "1px solid var(--island-line)",
    borderRadius: "0.25rem",
    maxWidth: "calc(100vw - 2rem)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxWidth: "calc(100vw - 2rem)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "4px 8px", lineHeight: "1.4" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    color: "var(--island-ground)",
    background: "var(--island-accent)",
  },
  ".cm-completionMatchedText": { textDecoration: "none" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.9" },
  // It stays in sight while the query is read below it.
  ".cm-panels": { color: "inherit", backgroundColor: "var(--island-ground)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--island-error)" },
  ".cm-faultMessage": {
    padding: "0.375rem 0.75rem",
    color: "var(--island-error)",
    overflowWrap: "anywhere",
  },
  ".cm-faultLine": { backgroundColor: "color-mix(in srgb, var(--island-error) 12%, transparent)" },
  ".cm-fault": { textDecoration: "underline wavy var(--island-error) 2px", textUnderlineOffset: "3px" },
});

const form = document.getElementById("console-form");
const textarea = form?.querySelector("textarea[name=query]");
if (form && textarea) {
  let view = null;
  try {
    view = edit(form, textarea);
  } catch (error) {
    console.error(error); // the textarea does all that is needed
  }
  results(form, textarea, view);
}

function edit(form, textarea) {
  const label = textarea.labels?.[0];
  const host = document.createElement("div");
  host.className = "editor";
  // In a shadow root CodeMirror brings its style as a constructed sheet; in the document it would
  // add a style element, which the page's policy forbids.
  const shadow = host.attachShadow({ mode: "open" });
  const run = () => {
    form.requestSubmit();
    return true;
  };
  const state = EditorState.create({
    doc: textarea.value,
    extensions: [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run }])),
      // Tab is bound to nothing: it leaves the editor, as everywhere on a page.
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      lineNumbers(),
      history(),
      drawSelection(),
      bracketMatching(),
      closeBrackets(),
      new LanguageSupport(language),
      syntaxHighlighting(colours),
      autocompletion({ override: [completion(form.dataset.vocabulary)], icons: false }),
      placeholder(textarea.placeholder),
      faults,
      theme,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({
        "aria-label": textarea.ariaLabel || label?.textContent.trim() || "SPARQL",
        spellcheck: "false",
        autocapitalize: "off",
        // It has the focus anyhow; what looks for it in a box that scrolls finds it by this alone.
        tabindex: "0",
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) textarea.value = update.state.doc.toString();
      }),
    ],
  });
  const view = new EditorView({ state, parent: shadow, root: shadow });
  textarea.before(host);
  textarea.hidden = true;
  textarea.required = false; // a field that is not seen cannot ask to be filled
  label?.addEventListener("click", (event) => {
    event.preventDefault();
    view.focus();
  });
  form.addEventListener("reset", () => setTimeout(() => write(view, textarea, textarea.value)));
  return view;
}

/** Put a query into the editor, or into the textarea where there is none. */
function write(view, textarea, query) {
  if (!view) textarea.value = query;
  else if (query !== view.state.doc.toString())
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: query } });
}

function results(form, textarea, view) {
  const look = () => {
    const result = document.getElementById("console-result");
    if (view) showFault(view, namedFault(result));
    const error = result?.querySelector(".error");
    return error && told(error);
  };
  look();

  form.addEventListener("submit", async (event) => {
    const { submitter } = event;
    // Files, and other addresses, are the browser's.
    if (submitter?.hasAttribute("formaction") || submitter?.hasAttribute("data-plain")) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form, submitter));
    const url = new URL(form.getAttribute("action"), location.href);
    url.search = fields;
    announce(form.dataset.loading ?? "");
    form.classList.add("running");
    try {
      if (url.href.length <= LONGEST) await visit(url);
      else await visit(form.getAttribute("action"), { push: false, body: fields });
    } catch {
      // The browser's own way, which shows its own message.
      form.method = "post";
      form.submit();
    } finally {
      form.classList.remove("running");
    }
  });

  const examples = document.querySelector("select[data-examples]");
  examples?.addEventListener("change", () => {
    const { query } = examples.selectedOptions[0].dataset;
    if (query) write(view, textarea, query);
  });

  afterSwap((_, fresh, again) => {
    // Back to an earlier result means back to its query.
    const query = fresh.getElementById(textarea.id)?.value;
    if (again && query !== undefined) write(view, textarea, query);
    const error = look();
    if (error || form.dataset.done) announce(error || form.dataset.done);
  });
}
