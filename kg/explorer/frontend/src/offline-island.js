// What the scripts of single pages import as live.js: the one that the file runs.
const own = globalThis.cityPracticeGraph;

export const keep = (...given) => own.live.keep(...given);
export const afterSwap = (...given) => own.live.afterSwap(...given);
export const visit = (...given) => own.live.visit(...given);
export const announce = (...given) => own.live.announce(...given);
export const canGoBack = () => own.live.canGoBack();
