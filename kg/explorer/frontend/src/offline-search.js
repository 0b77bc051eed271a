// The search of the server (kg/search.py) in the browser: the same ways of looking, the same scores.
//
// Near misses are measured as rapidfuzz does: the Indel similarity, from the longest common
// subsequence. Characters are simplified one by one, by a table that OpenCC made for the names.

const LONGEST = 200;
const LONGEST_INITIALS = 10;
const NEAR = { han: 62, latin: 74, pinyin: 84, partHan: 66, partLatin: 82 };
const LONGEST_PART = 60;
const HAN = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
const HAN_FIRST = new RegExp(`^${HAN.source}`, "u");
const GAP = new RegExp(`(?<=${HAN.source}) | (?=${HAN.source})`, "gu");
const NAME = 0;
const ALIAS = 1;
const PINYIN = 2;
const INITIALS = 3;
const DESCRIPTION = 4;

const isHan = (text) => HAN_FIRST.test(text);
// Python rounds halves to even, and scores that look equal are equal there.
const round = (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

export class Index {
  constructor({ things, kinds, matched, readings, simple, latin, vocabulary }) {
    this.things = things;
    this.vocabulary = vocabulary; // place of kinds that are no things of their own
    this.kinds = kinds;
    this.matched = matched;
    this.latin = new Map(Object.entries(latin));
    this.simple = new Map();
    for (const [to, characters] of Object.entries(simple)) for (const from of characters) this.simple.set(from, to);
    this.readings = new Map();
    for (const [syllable, characters] of Object.entries(readings))
      for (const character of characters) this.readings.set(character, syllable);
    this.names = [];
    this.definitions = [];
    this.shown = new Map();
    things.forEach(([, , , names, definitions], entry) => {
      for (const [text, language, preferred, key, syllables] of names) {
        const place = this.names.length;
        const list = syllables ? syllables.split(" ") : [];
        this.names.push({ entry, text, language, preferred, key, syllables: list, typed: list.join("") });
        for (const tag of [language, ""])
          if (!this.shown.has(`${entry} ${tag}`)) this.shown.set(`${entry} ${tag}`, place);
      }
      for (const [language, key] of definitions) this.definitions.push({ entry, language, key });
    });
    this.sounded = this.names.flatMap((name, place) => (name.typed ? [place] : []));
  }

  /** The form in which texts are compared; see kg.search.search_key. */
  key(text) {
    let folded = "";
    for (const character of text) folded += this.simple.get(character) ?? character;
    folded = folded.normalize("NFKD").toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ");
    folded = folded.replace(/\p{Mn}/gu, "");
    let plain = "";
    for (const character of folded) plain += this.latin.get(character) ?? character;
    return plain.replace(/[^\p{L}\p{N}\p{Mc}]+/gu, " ").trim().replace(GAP, "");
  }

  /** Things that are like a text, best first. */
  search(text, limit = 10) {
    const clean = [...text].slice(0, LONGEST).join("").replace(/\p{Cs}/gu, "");
    const wanted = this.key(clean).slice(0, LONGEST);
    if (!wanted || limit < 1) return [];
    const best = new Map();
    this.find(wanted, (score, matched, place) => {
      let [entry, shown, length] = [0, place, 0];
      if (matched === DESCRIPTION) {
        ({ entry } = this.definitions[place]);
        shown = this.named(entry, this.definitions[place].language);
      } else {
        const name = this.names[place];
        ({ entry } = name);
        length = name.key.length;
        if (score < 100 && !name.language) score *= 0.9; // a slug is made for addresses
      }
      if (score < 100 && this.things[entry][1] === this.vocabulary) score *= 0.94;
      const found = [-round(score), matched, length, shown];
      const known = best.get(entry);
      if (!known || before(found, known)) best.set(entry, found);
    });
    const ranked = [...best].map(([entry, found]) => {
      const thing = this.things[entry];
      return { entry, found, order: [found[0], thing[1], found[1], found[2]], name: thing[0] };
    });
    ranked.sort((a, b) =>
      before(a.order, b.order) ? -1 : before(b.order, a.order) ? 1 : a.name < b.name ? -1 : 1,
    );
    return ranked.slice(0, limit).map(({ entry, found }) => {
      const [name, , , , , path, kind, shown] = this.things[entry];
      const place = found[3];
      return {
        thing: name,
        path,
        kind,
        shown,
        name: place >= 0 ? this.names[place].text : name,
        score: -found[0],
        // A slug is no name that anybody knows.
        matched: this.matched[found[1] === ALIAS && !this.names[place].language ? NAME : found[1]],
      };
    });
  }

  named(entry, language) {
    return this.shown.get(`${entry} ${language}`) ?? this.shown.get(`${entry} `) ?? -1;
  }

  find(wanted, tell) {
    const han = HAN.test(wanted);
    this.findNames(wanted, han, tell);
    const typed = wanted.replaceAll(" ", "").replaceAll("v", "u");
    if (/^[\x00-\x7f]*$/.test(typed)) this.findPinyin(typed, tell);
    else if (wanted.length >= 3 && isHan(wanted)) {
      // Below three characters too many words sound alike.
      let sound = "";
      for (const character of wanted) sound += this.readings.get(character) ?? character;
      this.findSound(sound, tell);
    }
    this.findDefinitions(wanted, han, tell);
  }

  findNames(wanted, han, tell) {
    const words = wanted.split(" ");
    const city = han && wanted.length > 2 && wanted.endsWith("市") ? wanted.slice(0, -1) : null;
    const like = new Likeness(wanted);
    const near = han ? NEAR.han : NEAR.latin;
    const nearPart = han ? NEAR.partHan : NEAR.partLatin;
    const inParts = wanted.length >= (han ? 3 : 4) && wanted.length <= LONGEST_PART;
    this.names.forEach(({ key, entry, preferred }, place) => {
      const whose = preferred ? NAME : ALIAS;
      let score = 0;
      if (key.includes(wanted)) score = wanted === key ? 100 : inside(wanted, key);
      else if (wanted.includes(key)) {
        score = around(wanted, key);
        if (key === city && this.things[entry][2]) score = 98;
      } else if (like.lettersIn(key)) score = partsOf(wanted, words, key, han);
      if (score) tell(score, whose, place);
      const ratio = like.ratio(key, near);
      if (ratio >= near) tell(ratio * 0.93, whose, place);
      if (inParts && key.length > wanted.length) {
        const part = like.part(key, nearPart);
        if (part >= nearPart && part < 100) tell(part * (0.6 + (0.2 * wanted.length) / key.length), whose, place);
      }
    });
  }

  findPinyin(typed, tell) {
    if (typed.length < 2) return;
    for (const place of this.sounded) {
      const { typed: key, syllables } = this.names[place];
      if (syllables.length <= LONGEST_INITIALS && key[0] === typed[0]) {
        const initials = syllables.map((syllable) => syllable[0]).join("");
        if (initials === typed) tell(88, INITIALS, place);
        else if (typed.length > 2 && initials.startsWith(typed))
          tell(56 + (13 * typed.length) / initials.length, INITIALS, place);
      }
      if (typed === key) tell(95, PINYIN, place);
      else if (typed.length > 2 && key.includes(typed)) {
        const begins = [0];
        for (const syllable of syllables) begins.push(begins.at(-1) + syllable.length);
        const at = key.indexOf(typed);
        const part = typed.length / key.length;
        if (at === 0) tell((begins.includes(typed.length) ? 78 : 74) + 13 * part, PINYIN, place);
        else if (typed.length > 3 && begins.includes(at)) tell(60 + 13 * part, PINYIN, place);
      }
    }
    if (typed.length > 4) this.findSound(typed, tell);
  }

  findSound(sound, tell) {
    const like = new Likeness(sound);
    for (const place of this.sounded) {
      const ratio = like.ratio(this.names[place].typed, NEAR.pinyin);
      if (ratio >= NEAR.pinyin) tell(ratio * 0.85, PINYIN, place);
    }
  }

  findDefinitions(wanted, han, tell) {
    if (wanted.length < 2) return;
    const words = wanted.split(" ");
    this.definitions.forEach(({ key }, place) => {
      if (key.includes(wanted)) {
        if (han || ` ${key}`.includes(` ${wanted}`)) tell(44 + (10 * wanted.length) / key.length, DESCRIPTION, place);
      } else if (words.length > 1 && words.every((word) => ` ${key}`.includes(` ${word}`)))
        tell(38, DESCRIPTION, place);
    });
  }
}

function before(one, other) {
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return one[at] < other[at];
  return false;
}

function inside(wanted, key) {
  let at = key.indexOf(wanted);
  const part = wanted.length / key.length;
  if (at && !isHan(wanted)) {
    const begins = key.indexOf(` ${wanted}`) + 1 || at;
    if (key[begins - 1] !== " " && !isHan(key[begins - 1])) return wanted.length > 2 ? 58 + 13 * part : 0;
    at = begins;
  }
  const end = at + wanted.length;
  const whole = end === key.length || key[end] === " " || isHan(key.slice(end)) || isHan(wanted.slice(-1));
  return (at === 0 ? 82 : 72) - (whole ? 0 : 4) + 13 * part;
}

function around(wanted, key) {
  if (key.length < (isHan(key) ? 2 : 3)) return 0;
  const at = wanted.indexOf(key);
  const ascii = (side) => side && side <= "\x7f" && side !== " ";
  const joined = ascii(wanted.slice(0, at).slice(-1)) || ascii(wanted.slice(at + key.length, at + key.length + 1));
  if (joined && /^[\x00-\x7f]*$/.test(key)) return 0;
  return 36 + (44 * key.length) / wanted.length;
}

function partsOf(wanted, words, key, han) {
  const held =
    words.length > 1 ? words.every((word) => key.includes(word)) : han && wanted.length > 3 && inPieces(wanted, key);
  return held ? 60 + 26 * Math.min(1, wanted.length / key.length) ** 2 : 0;
}

function inPieces(wanted, key) {
  for (let at = 0; at < wanted.length; ) {
    let size = wanted.length - at;
    while (size > 1 && !key.includes(wanted.slice(at, at + size))) size -= 1;
    if (size < 2) return false;
    at += size;
  }
  return true;
}

/** How like other texts are to one, in per cent. */
class Likeness {
  constructor(text) {
    this.text = text;
    this.letters = new Set(text);
    // Which places of the text a character has, as bits (Hyyrö, 2004).
    this.short = text.length <= 31;
    this.bits = new Map();
    for (let at = 0; at < text.length; at++) {
      const bit = this.short ? 1 << at : 1n << BigInt(at);
      const known = this.bits.get(text.charCodeAt(at));
      this.bits.set(text.charCodeAt(at), known === undefined ? bit : known | bit);
    }
  }

  lettersIn(key) {
    for (const letter of this.letters) if (!key.includes(letter)) return false;
    return true;
  }

  /** Length of the longest common subsequence with a part of another text. */
  common(key, from, to) {
    if (!this.short) return this.commonLong(key, from, to);
    let rest = -1;
    for (let at = from; at < to; at++) {
      const found = rest & (this.bits.get(key.charCodeAt(at)) ?? 0);
      rest = ((rest + found) | (rest - found)) | 0;
    }
    const mask = this.text.length === 31 ? 0x7fffffff : (1 << this.text.length) - 1;
    let left = ~rest & mask;
    let ones = 0;
    for (; left; left &= left - 1) ones += 1;
    return ones;
  }

  commonLong(key, from, to) {
    const width = BigInt(this.text.length);
    const mask = (1n << width) - 1n;
    let rest = mask;
    for (let at = from; at < to; at++) {
      const found = rest & (this.bits.get(key.charCodeAt(at)) ?? 0n);
      rest = ((rest + found) | (rest - found)) & mask;
    }
    let ones = 0;
    for (let left = ~rest & mask; left; left &= left - 1n) ones += 1;
    return ones;
  }

  ratio(key, least, from = 0, to = key.length) {
    const total = this.text.length + to - from;
    if ((200 * Math.min(this.text.length, to - from)) / total < least) return 0;
    return (200 * this.common(key, from, to)) / total;
  }

  /** The most that a part of a longer text is like this one. */
  part(key, least) {
    const size = this.text.length;
    let [known, most] = [0, 0];
    for (const letter of this.letters) if (key.includes(letter)) known += 1;
    if (!known) return 0;
    const held = (at) => this.bits.has(key.charCodeAt(at));
    const look = (from, to) => (most = Math.max(most, this.ratio(key, Math.max(least, most), from, to)));
    for (let to = 1; to < size; to++) if (held(to - 1)) look(0, to);
    for (let from = 0; from <= key.length - size; from++) if (held(from + size - 1)) look(from, from + size);
    for (let from = key.length - size + 1; from < key.length; from++) if (held(from)) look(from, key.length);
    return most;
  }
}
