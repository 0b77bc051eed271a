// What the editor offers while a query is typed: terms by their names in either language, with
// the PREFIX they need; variables of the query; keywords.
import { pickedCompletion } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";

const MOST = 60;
const KEYWORDS = (
  "SELECT CONSTRUCT ASK DESCRIBE WHERE DISTINCT REDUCED FROM NAMED PREFIX BASE OPTIONAL UNION MINUS " +
  "GRAPH FILTER BIND AS VALUES UNDEF EXISTS IN GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET COUNT " +
  "SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES DATATYPE BOUND IRI COALESCE " +
  "IF REGEX REPLACE SUBSTR STRLEN UCASE LCASE CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER CONCAT " +
  "YEAR MONTH DAY NOW ABS CEIL FLOOR ROUND ISIRI ISBLANK ISLITERAL ISNUMERIC STRDT STRLANG"
).split(" ");
const OTHER_WORDS = ["FILTER NOT EXISTS", "TRUE", "FALSE"];
// A name, a variable or a word in any script, up to the cursor.
const TYPED = /[?$]?[\p{L}\p{N}_:.-]*$/u;
const WIDE = /[\u2e80-\u9fff\uf900-\ufaff]/;
const QUIET = new Set(["String", "Comment", "IriRef"]);

/** A completion source; the vocabulary is fetched when it is first needed. */
export function completion(address) {
  let vocabulary = null;
  const load = () =>
    (vocabulary ??= fetch(address)
      .then((response) => response.json())
      .then(prepared)
      .catch(() => ({ prefixes: {}, terms: [] }))); // keywords and variables remain
  return async (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const typed = TYPED.exec(line.text.slice(0, context.pos - line.from))[0];
    const from = context.pos - typed.length;
    if (QUIET.has(syntaxTree(context.state).resolveInner(context.pos, -1).name)) return null;
    if (/^[?$]/.test(typed)) return { from, filter: false, options: variables(context, typed) };
    if (!context.explicit && typed.length < 2 && !WIDE.test(typed)) return null;
    const { prefixes, terms } = await load();
    if (context.aborted) return null;
    const options = [...matching(typed, terms, prefixes), ...words(typed)];
    return options.length ? { from, filter: false, options: options.slice(0, MOST) } : null;
  };
}

function prepared({ prefixes, terms }) {
  const names = Object.keys(prefixes).map((prefix) => ({
    term: `${prefix}:`,
    en: prefixes[prefix],
    zh: "",
    kind: "namespace",
  }));
  return {
    prefixes,
    terms: [...terms, ...names].map((term) => ({
      ...term,
      local: term.term.slice(term.term.indexOf(":") + 1).toLowerCase(),
      whole: term.term.toLowerCase(),
      labels: [term.en, term.zh].filter(Boolean).map((label) => label.toLowerCase()),
    })),
  };
}

/** Terms in the order of how near what was typed is to the start of one of their names. */
function matching(typed, terms, prefixes) {
  const wanted = typed.toLowerCase();
  return terms
    .map((term) => ({ term, rank: rank(term, wanted) }))
    .filter(({ rank }) => rank < 4)
    .sort((a, b) => a.rank - b.rank || (a.term.whole < b.term.whole ? -1 : 1))
    .slice(0, MOST)
    .map(({ term }) => ({
      label: term.term,
      detail: [term.en, term.zh].filter(Boolean).join(" · "),
      type: "term",
      apply: (view, picked, from, to) => insert(view, picked, from, to, prefixes),
    }));
}

function rank({ local, whole, labels }, wanted) {
  if (whole.startsWith(wanted) || (local && local.startsWith(wanted))) return 0;
  if (labels.some((label) => label.startsWith(wanted))) return 1;
  if (labels.some((label) => label.includes(` ${wanted}`))) return 2;
  return whole.includes(wanted) || labels.some((label) => label.includes(wanted)) ? 3 : 4;
}

function words(typed) {
  const wanted = typed.toUpperCase();
  return [...KEYWORDS, ...OTHER_WORDS]
    .filter((word) => wanted && word.startsWith(wanted) && word !== wanted)
    .map((word) => ({ label: word, type: "keyword" }));
}

function variables(context, typed) {
  const text = context.state.doc.toString();
  const before = text.slice(0, context.pos - typed.length) + text.slice(context.pos);
  const names = new Set(before.match(/[?$][\p{L}_][\p{L}\p{N}_]*/gu));
  return [...names]
    .filter((name) => name.startsWith(typed) && name !== typed)
    .sort()
    .map((label) => ({ label, type: "variable" }));
}

function insert(view, picked, from, to, prefixes) {
  const prefix = picked.label.slice(0, picked.label.indexOf(":"));
  const declared = new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im").test(view.state.doc.toString());
  const line = declared || !(prefix in prefixes) ? "" : `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
  view.dispatch({
    changes: [
      ...(line ? [{ from: 0, insert: line }] : []),
      { from, to, insert: picked.label },
    ],
    selection: { anchor: from + line.length + picked.label.length },
    annotations: pickedCompletion.of(picked),
    userEvent: "input.complete",
    scrollIntoView: true,
  });
}
