"""The term of a function means what CPython says the function means."""

import pytest

from tests.frontend import (
    samples_control,
    samples_failures,
    samples_functions,
    samples_values,
)
from tests.frontend.sample import Sample, by_term, natively


SAMPLES = [
    *samples_values.TABLE,
    *samples_control.TABLE,
    *samples_functions.TABLE,
    *samples_failures.TABLE,
]


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_term_means_what_cpython_does(sample: Sample) -> None:
    """Value, exception, chain of exceptions and the arguments' state are the same."""
    assert by_term(sample) == natively(sample)
