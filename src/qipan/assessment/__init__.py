"""The arithmetic of an assessed campaign, and the public Python API. Pure: no Django, no files, no network.

from qipan.assessment import Catalogue, Observation, Rulebook, Standard, score
"""

from qipan.assessment.batch import Gathering, Observation, ObservationError, Round, score
from qipan.assessment.catalogue import Catalogue
from qipan.assessment.rulebook import Rulebook
from qipan.assessment.sampling import draw, permanent_number
from qipan.assessment.scorecard import Scorecard, scorecard
from qipan.assessment.standard import Standard
from qipan.assessment.text import Basis, InputError, Problem, Text

__all__ = [
    "Basis", "Catalogue", "Gathering", "InputError", "Observation", "ObservationError", "Problem", "Round", "Rulebook",
    "Scorecard", "Standard", "Text", "draw", "permanent_number", "score", "scorecard",
]  # fmt: skip
