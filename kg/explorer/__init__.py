"""The explorer: what leading cities do, page by page, in two languages, with the evidence.

A :class:`~kg.explorer.record.Record` is all that the pages know: the dataset and what the analyses
found in it, as one document that is made when a version is published
(:mod:`~kg.explorer.making`). No page evaluates a query or runs an analysis.

Where to look, from the data outwards:

- data: :mod:`~kg.explorer.making` writes the record, :mod:`~kg.explorer.record` reads it,
  :mod:`~kg.explorer.reading` asks it what pages ask (states of a cell, figures in words);
- a page is panels of rows (:mod:`~kg.explorer.panels`), written in one language by a chain of
  writers, each with the pages of its kind: :mod:`~kg.explorer.parts` (what they share),
  :mod:`~kg.explorer.cities`, :mod:`~kg.explorer.concepts`, :mod:`~kg.explorer.profiles` (all other
  things), :mod:`~kg.explorer.matrices`, :mod:`~kg.explorer.lists` (and the map),
  :mod:`~kg.explorer.overviews` (home, search, data, ontology, the unknown),
  :mod:`~kg.explorer.comparing` (side by side, gaps), :mod:`~kg.explorer.graphpages`,
  :mod:`~kg.explorer.asking` (named queries, console); :mod:`~kg.explorer.site` says which address
  is which page, :mod:`~kg.explorer.words` has the texts;
- a graph: :mod:`~kg.explorer.graphstate` (its address), :mod:`~kg.explorer.edges`,
  :mod:`~kg.explorer.graphs` (what is drawn), :mod:`~kg.explorer.paths`,
  :mod:`~kg.explorer.placing` with :mod:`~kg.explorer.layers` and :mod:`~kg.explorer.labels`
  (where it stands),
  :mod:`~kg.explorer.picture` (SVG), :mod:`~kg.explorer.drawn` (other forms, the list);
- what leaves: :mod:`~kg.explorer.rendering` (HTML and its twins), :mod:`~kg.explorer.drawing` (map
  and matrix), :mod:`~kg.explorer.triples`, :mod:`~kg.explorer.assets` (scripts, style, policy);
- one file for an intranet: :mod:`~kg.explorer.onefile`, :mod:`~kg.explorer.onedata`,
  :mod:`~kg.explorer.packing`.
"""
