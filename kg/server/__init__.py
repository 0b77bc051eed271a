"""The public endpoint: SPARQL and linked data over HTTP, safe against what people send it.

The process tree: a supervisor starts one web process and, for each version of the dataset, a
spawner that forks workers. The web process evaluates nothing; a worker evaluates one query at a
time, without a network, within a cap of memory, until its answer is whole or its time is over.

Where to look, from the outside inwards:

- processes: :mod:`~kg.server.supervisor` starts :mod:`~kg.server.web` and
  :mod:`~kg.server.spawner`, which forks :mod:`~kg.server.worker`; :mod:`~kg.server.sandbox` has the
  walls, :mod:`~kg.server.wire` what they say to each other; :mod:`~kg.server.single` does without;
- a request: :mod:`~kg.server.connection` (bytes and time), :mod:`~kg.server.app` (who answers which
  path), :mod:`~kg.server.http`, :mod:`~kg.server.negotiation`, :mod:`~kg.server.formats`,
  :mod:`~kg.server.problems` (errors);
- what is answered: :mod:`~kg.server.sparql`, :mod:`~kg.server.description`,
  :mod:`~kg.server.linked`, :mod:`~kg.server.explorer` (pages), :mod:`~kg.server.named` with
  :mod:`~kg.server.openapi` and :mod:`~kg.server.documents`;
- a query: :mod:`~kg.server.guard` (its text), :mod:`~kg.server.budgets` (its client),
  :mod:`~kg.server.answers` (kept ones), :mod:`~kg.server.pool` (its worker);
- :mod:`~kg.server.limits`, :mod:`~kg.server.measures`, :mod:`~kg.server.log`.
"""
