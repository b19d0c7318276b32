# The commands of Deqi. What they do stands in clinic/running/install.py and beside it.
PYTHON ?= python3
DEQI = @command -v $(PYTHON) >/dev/null || { echo "Deqi needs Python 3.11 or newer, and there is no $(PYTHON) here." >&2; exit 1; }; \
	exec $(PYTHON) clinic/running/install.py

.PHONY: run serve test lint format chaos pins words demo bench backup restore
.DEFAULT_GOAL := run

run:     ; $(DEQI) run
serve:   ; $(DEQI) serve
test:    ; $(DEQI) test
lint:    ; $(DEQI) lint
format:  ; $(DEQI) format
chaos:   ; $(DEQI) chaos
pins:    ; $(DEQI) pins
words:   ; $(DEQI) words
demo:    ; $(DEQI) demo
bench:   ; $(DEQI) bench
backup:  ; $(DEQI) backup
restore: ; $(DEQI) restore
