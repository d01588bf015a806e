"""How long a simulated model takes: a pure function of the request's content.

The waits of a request never depend on when it arrives or on what else is running, so
two schedules of one script see the same model.
"""

import itertools
import random

import attrs


@attrs.frozen
class Latency:
    """Seconds until the first token of an answer, and between the tokens after it.

    Example:
        >>> Latency(first_token_s=0.5, per_token_s=0.1).arrivals("hello", 3)
        [0.5, 0.6, 0.7]

    Attributes:
        first_token_s: Seconds from the request to the first token.
        per_token_s: Seconds from each token to the next.
        jitter: The spread of each wait as a part of it: 0.2 draws from 80 % to 120 %.
        seed: Chooses the draws; the same seed and content always give the same waits.
    """

    first_token_s: float = attrs.field(default=0.0, validator=attrs.validators.ge(0))
    per_token_s: float = attrs.field(default=0.0, validator=attrs.validators.ge(0))
    jitter: float = attrs.field(
        default=0.0, validator=[attrs.validators.ge(0), attrs.validators.le(1)]
    )
    seed: int = 0

    def arrivals(self, content: str, tokens: int) -> list[float]:
        """Seconds from the request to each of so many tokens of its answer."""
        draw = random.Random(f"{self.seed}:{content}")  # noqa: S311 - no secret
        waits = [self.first_token_s, *[self.per_token_s] * (tokens - 1)][:tokens]
        return list(
            itertools.accumulate(
                wait * (1 + self.jitter * draw.uniform(-1, 1)) for wait in waits
            )
        )
