"""What writers were told, kept in a file, and what must therefore be found after a crash.

A writer works through its own keys one write at a time. For every key we know the last state that was
acknowledged, and the states of writes that were sent but not answered: after a crash the key must be in
one of them, since a write that was not answered may or may not have happened.
"""

import json
import threading


class History:
    """Acknowledgements go to a file, line by line, as they come."""

    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8")
        self.lock = threading.Lock()
        self.acknowledged = {}
        self.unanswered = {}
        self.observed = {}
        self.count = 0

    def begin(self, states):
        """A write is about to be sent: `states` are the keys it changes and what they become."""
        with self.lock:
            for key, state in states.items():
                self.unanswered.setdefault(key, []).append(state)

    def acknowledge(self, states):
        """The write was answered with success."""
        with self.lock:
            for key, state in states.items():
                self.acknowledged[key] = state
                self.unanswered.pop(key, None)
                self.file.write(json.dumps([key, state]) + "\n")
            self.file.flush()
            self.count += 1

    def observe(self, key, version):
        """A reader was shown `version` of a key whose versions only grow."""
        with self.lock:
            self.observed[key] = max(version, self.observed.get(key, 0))

    def allowed(self, key):
        """The states that `key` may be in: None stands for no item."""
        return [self.acknowledged.get(key), *self.unanswered.get(key, [])]

    def settle(self, found):
        """After an audit: what was found is what holds, and nothing is open any more."""
        for key in set(self.acknowledged) | set(self.unanswered):
            self.acknowledged[key] = found.get(key)
        self.unanswered.clear()
        self.observed.clear()

    @property
    def keys(self):
        return set(self.acknowledged) | set(self.unanswered)

    def close(self):
        self.file.close()
