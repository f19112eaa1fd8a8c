"""A time limit for another process, measured by a clock that stops while this process does not run."""

from multiprocessing.connection import Connection


class Clock:
    """Counts the seconds in which this process runs: time in which a laptop sleeps or a job is suspended does not
    count."""

    def __init__(self, seconds: int) -> None:
        self.left = seconds

    def wait(self, receiver: "Connection[object, object]") -> bool:
        """Whether something can be received, or its sender is gone, within the remaining seconds. The seconds that this
        takes are spent, so that several waits can share the limit."""
        while self.left > 0:
            self.left -= 1
            if receiver.poll(1):
                return True
        return False
