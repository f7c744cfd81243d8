"""Whether two reports tell of one event: a score that adds up, and can say why.

Pure: facts in, score and reasons out. Only `candidates` asks the rows, for the few incidents that are worth comparing.
"""

from incidents.triage.duplicates.facts import Facts, Grain
from incidents.triage.duplicates.score import Context, Score, linked, score
from incidents.triage.duplicates.weights import METHOD, Table, shipped

__all__ = ["METHOD", "Context", "Facts", "Grain", "Score", "Table", "linked", "score", "shipped"]
