"""The public endpoint: SPARQL and linked data over HTTP, safe against what people send it.

The process tree: a supervisor starts one web process and, for each version of the dataset, a
spawner that forks workers. The web process evaluates nothing; a worker evaluates one query at a
time, without a network, within a cap of memory, until its answer is whole or its time is over.
"""
