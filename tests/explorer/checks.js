// Checks of a page as it is rendered now. Each gives a list of faults, in words.
window.checks = (() => {
  const show = (element) => {
    const text = (element.textContent || element.value || "").trim().replace(/\s+/g, " ").slice(0, 50);
    const name = element.localName + (element.id ? `#${element.id}` : "") +
      (element.className && element.className.split ? `.${element.className.split(" ").join(".")}` : "");
    const box = element.closest("[id]:not(main)");
    return `${name} “${text}”${box && box !== element ? ` in #${box.id}` : ""}`;
  };
  const rendered = (element) =>
    element.checkVisibility({ checkVisibilityCSS: true, contentVisibilityAuto: true });
  // Clipped to a pixel: for those who hear the page.
  const heard = (element) => {
    for (let box = element; box && box !== document.body; box = box.parentElement) {
      const { clipPath, position } = getComputedStyle(box);
      if (position === "absolute" && clipPath !== "none" && box.offsetWidth <= 1) return true;
    }
    return false;
  };
  const textNodes = () => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || parent.closest("script, style, noscript, title, option")) continue;
      if (rendered(parent)) found.push(walker.currentNode);
    }
    return found;
  };
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const focusable = () =>
    [...document.querySelectorAll(TARGETS + ", [contenteditable=true]")].filter(
      (element) => !element.disabled && element.tabIndex >= 0 && rendered(element) && !element.closest("[inert]"),
    );

  // Back to how the page begins: what sticks or is cut off elsewhere is no fault of a target.
  function rewind() {
    document.activeElement?.blur();
    for (const box of document.querySelectorAll(".scroll, pre")) box.scrollTo(0, 0);
    scrollTo(0, 0);
  }

  function reflow() {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const wide = [...document.body.querySelectorAll("*")]
      .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1 && rendered(element))
      .filter((element) => !element.closest(".scroll, pre") || element.matches(".scroll, pre"));
    return [`${root.scrollWidth} > ${root.clientWidth}: ${wide.slice(-3).map(show).join(" / ")}`];
  }

  function smallText(least = 12) {
    const faults = new Map();
    for (const node of textNodes()) {
      const element = node.parentElement;
      let size = parseFloat(getComputedStyle(element).fontSize);
      const svg = element.closest("svg");
      if (svg && element.getScreenCTM) {
        const { a, b, c, d } = element.getScreenCTM();
        size *= Math.sqrt(Math.abs(a * d - b * c));
      }
      if (size < least - 0.01) faults.set(show(element).slice(0, 60), `${show(element)}: ${size.toFixed(1)} px`);
    }
    return [...faults.values()].slice(0, 8);
  }

  // WCAG 2.5.8 with its exceptions: spacing, inline, equivalent, unchanged user agent control.
  function targets(least = 24) {
    const all = [...document.querySelectorAll(TARGETS)]
      .filter((element) => rendered(element) && !heard(element) && !element.matches(".scroll, pre, main, svg"))
      .map((element) => {
        let box = element.getBoundingClientRect();
        const label = element.matches("[type=checkbox], [type=radio]") && element.closest("label");
        if (label) box = label.getBoundingClientRect();
        return { element, box, x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
      })
      .filter(({ box }) => box.width && box.height)
      .filter(({ element, x, y }) => {
        // What a part that scrolls does not show now lies nowhere.
        const frame = element.closest(".scroll, pre")?.getBoundingClientRect();
        return !frame || (x > frame.left && x < frame.right && y > frame.top && y < frame.bottom);
      });
    const small = all.filter(({ box }) => box.width < least - 0.5 || box.height < least - 0.5);
    const inline = ({ element }) => {
      if (getComputedStyle(element).display !== "inline") return false;
      const block = (function up(box) {
        return getComputedStyle(box).display === "inline" ? up(box.parentElement) : box;
      })(element.parentElement);
      let words = "";
      const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (!parent.closest("a, button, summary") && !heard(parent)) words += walker.currentNode.data;
      }
      return words.trim().length > 0;
    };
    // Buckets keep this linear on pages with thousands of targets.
    const near = new Map();
    const key = (x, y) => `${Math.floor(x / 64)},${Math.floor(y / 64)}`;
    for (const target of all)
      for (let x = Math.floor((target.box.left - 24) / 64); x <= Math.floor((target.box.right + 24) / 64); x++)
        for (let y = Math.floor((target.box.top - 24) / 64); y <= Math.floor((target.box.bottom + 24) / 64); y++) {
          const name = `${x},${y}`;
          if (!near.has(name)) near.set(name, []);
          near.get(name).push(target);
        }
    const isSmall = new Set(small);
    const crowded = (one) =>
      (near.get(key(one.x, one.y)) ?? []).some((other) => {
        if (other === one || other.element.contains(one.element) || one.element.contains(other.element)) return false;
        if (isSmall.has(other)) return Math.hypot(one.x - other.x, one.y - other.y) < least - 0.5;
        const dx = Math.max(other.box.left - one.x, 0, one.x - other.box.right);
        const dy = Math.max(other.box.top - one.y, 0, one.y - other.box.bottom);
        return Math.hypot(dx, dy) < least / 2 - 0.5;
      });
    const good = new Set(all.filter((one) => !isSmall.has(one) || !crowded(one)).map((one) => one.element.href));
    const faults = small.filter((one) => !inline(one) && crowded(one) && !(one.element.href && good.has(one.element.href)) &&
      !(one.element.href?.baseVal && [...good].some((href) => typeof href === "string" && href === new URL(one.element.href.baseVal, location).href)));
    return faults.slice(0, 8).map(({ element, box }) => `${show(element)}: ${box.width.toFixed(0)} × ${box.height.toFixed(0)}`);
  }

  function focusShown(most = 160) {
    const all = focusable();
    const step = Math.max(1, Math.floor(all.length / most));
    const faults = [];
    const look = (element) => {
      const { outlineStyle, outlineWidth, boxShadow, stroke, strokeWidth } = getComputedStyle(element);
      return `${outlineStyle === "none" ? "" : outlineStyle + outlineWidth}|${boxShadow}|${stroke}${strokeWidth}`;
    };
    const parts = (element) =>
      [element, ...element.querySelectorAll("circle"), element.closest(".cm-editor")].filter(Boolean).map(look).join();
    for (let n = 0; n < all.length; n += step) {
      const element = all[n];
      if (document.activeElement) document.activeElement.blur();
      const before = parts(element);
      element.focus();
      if (document.activeElement !== element) {
        faults.push(`${show(element)} takes no focus`);
        continue;
      }
      if (parts(element) === before) faults.push(`${show(element)} looks the same in focus`);
      // WCAG 2.4.11: not wholly hidden by what sticks.
      const box = element.getBoundingClientRect();
      const points = [0.1, 0.5, 0.9].flatMap((x) => [0.15, 0.5, 0.85].map((y) => [x, y]));
      const seen = points.some(([x, y]) => {
        const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        return top && (element.contains(top) || top.contains(element));
      });
      if (!seen && !heard(element)) faults.push(`${show(element)} is hidden when it has the focus`);
    }
    document.activeElement?.blur();
    return faults.slice(0, 8);
  }

  function languages() {
    const page = document.documentElement.lang;
    const faults = new Set();
    for (const node of textNodes()) {
      const element = node.parentElement;
      if (element.closest("pre, code, textarea, .cm-editor, .citation")) continue;
      const spoken = element.closest("[lang]").lang;
      const chinese = (node.data.match(/\p{Script=Han}/gu) ?? []).length;
      const words = (node.data.match(/\p{Script=Latin}{2,}/gu) ?? []).length;
      if (page === "en" && chinese && spoken === "en") faults.add(`Chinese as ${spoken}: ${show(element)}`);
      // A name in Latin letters may be a name in Chinese, too; a sentence is not.
      if (page === "zh-Hans" && !chinese && words > 4 && /\S(\s+\S+){4}/.test(node.data) && spoken === page) faults.add(`English as ${spoken}: ${show(element)}`);
    }
    return [...faults].slice(0, 8);
  }

  function headings() {
    const faults = [];
    const h1 = document.querySelectorAll("h1").length;
    if (h1 !== 1) faults.push(`${h1} h1`);
    let level = 0;
    for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
      const own = Number(heading.localName[1]);
      if (own > level + 1) faults.push(`after h${level}: ${show(heading)}`);
      if (!heading.textContent.trim()) faults.push(`empty ${heading.localName}`);
      level = own;
    }
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) faults.push(`id ${id} twice`);
    return faults;
  }

  // The order of Tab is that of the document: what is reached is written down as it gets the focus.
  function watchTabs() {
    window.tabbed = [];
    window.tabbable = focusable();
    document.activeElement?.blur();
    getSelection().removeAllRanges();
    scrollTo(0, 0);
    addEventListener("focusin", ({ target }) => tabbed.push(target));
  }
  function missedByTab(presses) {
    const faults = [];
    const wanted = tabbable.slice(0, presses);
    let place = 0;
    for (const element of wanted) {
      const at = tabbed.indexOf(element, place);
      if (at < 0) faults.push(`${show(element)} is not reached${tabbed.includes(element) ? " in its order" : ""}`);
      else place = at + 1;
    }
    return faults.slice(0, 8);
  }

  return { rewind, reflow, smallText, targets, focusShown, languages, headings, watchTabs, missedByTab };
})();
