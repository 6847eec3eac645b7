"""How often somebody may try to come in: a few times at once, then after waits that double."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping

_FORGOTTEN = 3600.0
_KEPT = 20_000


class Attempts:
    """Counts tries by keys, each with how many it has free; every one more waits twice as long, at most ``longest``
    seconds. At most ``kept`` keys are remembered, each for an hour after its last try."""

    def __init__(self, longest: float = 300.0, kept: int = _KEPT, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest, self._kept, self._clock = longest, kept, clock
        self._tried: OrderedDict[Hashable, tuple[int, float, float]] = OrderedDict()  # tries, last, free again
        self._lock = threading.Lock()

    def wait(self, free: Mapping[Hashable, int]) -> float:
        """How many seconds a try has to wait; 0: it may be made, and counts as failed until `cleared`."""
        with self._lock:
            moment = self._clock()
            rest = max((self._state(key, moment)[2] - moment for key in free), default=0.0)
            if rest > 0:
                return rest
            for key, tries in free.items():
                count = self._state(key, moment)[0] + 1
                pause = min(2.0 ** min(count - tries, 30), self._longest) if count >= tries else 0.0
                self._tried[key] = (count, moment, moment + pause)
                self._tried.move_to_end(key)
            while len(self._tried) > self._kept:
                self._tried.popitem(last=False)
            return 0.0

    def cleared(self, key: Hashable) -> None:
        """Forgets the tries under ``key``: the last one was right."""
        with self._lock:
            self._tried.pop(key, None)

    def taken_back(self, key: Hashable) -> None:
        """Does not count the last try under ``key``: it was right, though those before it may not have been."""
        with self._lock:
            if key in self._tried:
                count, last, _ = self._tried[key]
                self._tried[key] = (count - 1, last, 0.0)

    def knows(self, key: Hashable) -> bool:
        """Whether ``key`` is remembered."""
        return key in self._tried

    def __len__(self) -> int:
        return len(self._tried)

    def _state(self, key: Hashable, moment: float) -> tuple[int, float, float]:
        found = self._tried.get(key)
        return (0, 0.0, 0.0) if found is None or moment - found[1] > _FORGOTTEN else found


def network(address: str) -> str:
    """What one machine can answer for: an IPv4 address, or the 64 bits of an IPv6 network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    if found.version == 6:
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)
