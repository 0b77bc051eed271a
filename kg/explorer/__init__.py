"""The explorer: what leading cities do, page by page, in two languages, with the evidence.

A :class:`~kg.explorer.record.Record` is all that the pages know: the dataset and what the analyses
found in it, as one document that is made when a version is published
(:mod:`~kg.explorer.making`). No page evaluates a query or runs an analysis.
"""
