"""What the web server itself writes about a request that broke."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time

from clinic.running.environment import BASE_DIR
from clinic.testing import free_port

TOKEN = "Zk3x9_" * 8
BROKEN = "def app(environ, start_response): raise RuntimeError('broken')"


def test_a_broken_request_is_one_line_without_its_token(tmp_path):
    (tmp_path / "broken.py").write_text(BROKEN)
    port = free_port()
    arguments = ["--bind", f"127.0.0.1:{port}", "--logger-class", "clinic.running.weblog.WebLogger"]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "broken:app", "--pythonpath", f"{tmp_path},{BASE_DIR}", *arguments],
        cwd=BASE_DIR,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for _ in range(100):
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                    connection.sendall(f"GET /i/{TOKEN}/ HTTP/1.0\r\n\r\n".encode())
                    connection.recv(1000)
                break
            except OSError:
                time.sleep(0.05)
    finally:
        server.terminate()
        _, written = server.communicate(timeout=20)
    assert TOKEN not in written
    errors = [line for line in map(json.loads, written.splitlines()) if line["level"] == "error"]
    assert any("/i/***/" in line["message"] for line in errors)
