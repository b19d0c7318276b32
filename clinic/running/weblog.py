"""The web server's own words in the form of all others: gunicorn would print addresses with their tokens."""

from __future__ import annotations

from gunicorn.config import Config
from gunicorn.glogging import Logger

from clinic.running.logs import JsonLine


class WebLogger(Logger):
    """Gunicorn's logger with our formatter; there is no access log, it would hold who read what."""

    def setup(self, cfg: Config) -> None:
        """Let gunicorn make its handlers, then give them our formatter."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLine())
