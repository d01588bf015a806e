"""Which requests to a simulated model fail."""

from epic_actors.testing.faults import Fault, Faults


BUSY, BROKEN = Fault(status=429, retry_after_s=2), Fault(status=500)


def test_nothing_fails_unless_asked() -> None:
    """Without `every` or `first_attempts` all goes well."""
    assert [Faults([BUSY]).draw("x") for _ in range(5)] == [None] * 5


def test_every_nth_request_fails_in_turn() -> None:
    """Faults are dealt out one after the other, at every nth request."""
    faults = Faults([BUSY, BROKEN], every=2)
    drawn = [faults.draw(str(number)) for number in range(6)]
    assert drawn == [None, BUSY, None, BROKEN, None, BUSY]


def test_first_attempts_fail_at_each_content() -> None:
    """Each distinct request fails so often, in whatever order requests arrive."""
    faults = Faults([BUSY], first_attempts=1)
    drawn = [(content, faults.draw(content)) for content in "aabab"]
    assert drawn == [("a", BUSY), ("a", None), ("b", BUSY), ("a", None), ("b", None)]
