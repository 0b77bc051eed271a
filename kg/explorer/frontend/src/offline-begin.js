// Before everything else: what the scripts of the file share, and what an old browser is told.
globalThis.cityPracticeGraph = {
  islands: {},
  live: {},
  old:
    "This browser is too old for the file: Chrome 103, Firefox 114, Safari 16.4 or later opens it. " +
    "浏览器版本过低。请使用 Chrome 103、Firefox 114、Safari 16.4 或更高版本。",
};
