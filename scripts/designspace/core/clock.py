"""How long another process may take, by a clock that stands still while this one does not run."""

from multiprocessing.connection import Connection


class Clock:
    """Seconds in which this process runs: those that a laptop sleeps or a suspended job rests do not count."""

    def __init__(self, seconds: int) -> None:
        self.left = seconds

    def wait(self, receiver: "Connection[object, object]") -> bool:
        """Whether something can be received, or its sender is gone, before the seconds are over; those that it took
        are spent, so that several waits can share them."""
        while self.left > 0:
            self.left -= 1
            if receiver.poll(1):
                return True
        return False
