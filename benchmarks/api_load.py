"""Measure what calls of the HTTP API cost, beside a FastAPI endpoint of a constant.

Two servers of the same kind run beside each other, each in a process of its own, and
are asked in turn, round after round, over connections that stay open. The table has
requests per second and the 95th percentile of what one takes, over all rounds.

Usage, from the project folder, on the publication in PUBLISH_DIR::

    PYTHONPATH=python_models python benchmarks/api_load.py [--connections 16]
        [--rounds 5] [--seconds 2]
"""

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from statistics import quantiles
from urllib.request import urlopen

import uvicorn
from fastapi import FastAPI

CONSTANT = "the constant"
NEWCOMER = {
    "followers_total": 1850,
    "followers_facebook": 1200,
    "followers_instagram": 650,
    "followers_tiktok": 0,
    "category_name": "Librairie",
    "has_facebook_account": True,
    "has_instagram_account": True,
    "has_tiktok_account": False,
    "has_other_account": False,
}
CALLS = {
    "GET /": None,
    "GET /clusters": None,
    "GET /entreprises/E0058": None,
    "GET /secteur?secteur=theatre": None,
    "GET /entreprises?taille=100": None,
    "GET /graph/ville": None,
    "POST /score": NEWCOMER,
    "POST /score, 100 at a time": [NEWCOMER] * 100,
}


def serve_constant(port: int) -> None:
    app = FastAPI()
    app.get("/")(lambda: {"message": "constant"})
    uvicorn.run(app, host="127.0.0.1", port=port)


def start(*arguments: str) -> tuple[subprocess.Popen, int]:
    """Start a server on a free port and wait until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=os.environ | {"PORT": str(port), "HOST": "127.0.0.1", "API_TOKEN": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None:
        try:
            urlopen(f"http://127.0.0.1:{port}/").close()
            return process, port
        except OSError:
            time.sleep(0.1)
    sys.exit("No server: is anything published? See PUBLISH_DIR.")


def write_request(call: str, body: object) -> bytes:
    method, path = call.split(",")[0].split()
    content = b"" if body is None else json.dumps(body).encode()
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    ).encode() + content


async def ask(port: int, request: bytes, until: float) -> list[float]:
    """Ask again and again over one connection; give the seconds of each answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    seconds = []
    while (begun := time.perf_counter()) < until:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert head.startswith("http/1.1 200"), head
        await reader.readexactly(int(head.split("content-length: ")[1].split()[0]))
        seconds.append(time.perf_counter() - begun)
    writer.close()
    return seconds


async def ask_at_a_time(
    port: int, request: bytes, *, connections: int, seconds: float
) -> list[float]:
    until = time.perf_counter() + seconds
    asked = [ask(port, request, until) for _ in range(connections)]
    return [each for answers in await asyncio.gather(*asked) for each in answers]


def measure(connections: int, rounds: int, seconds: float) -> None:
    constant, constant_port = start(__file__, "--constant")
    api, api_port = start("-m", "api")
    requests = {CONSTANT: (constant_port, write_request("GET /", None))} | {
        call: (api_port, write_request(call, body)) for call, body in CALLS.items()
    }
    taken: dict[str, list[float]] = {call: [] for call in requests}
    spent = dict.fromkeys(requests, 0.0)
    try:
        # The first round is to get warm.
        for number in range(rounds + 1):
            for call, (port, request) in requests.items():
                begun = time.perf_counter()
                answers = asyncio.run(
                    ask_at_a_time(
                        port, request, connections=connections, seconds=seconds
                    )
                )
                if number:
                    taken[call] += answers
                    spent[call] += time.perf_counter() - begun
    finally:
        for process in (constant, api):
            process.terminate()
            process.wait()
    rates = {call: len(answers) / spent[call] for call, answers in taken.items()}
    print("| call | requests per second | of the constant's | 95th percentile, ms |")
    print("|---|---|---|---|")
    for call, answers in taken.items():
        share, slow = rates[call] / rates[CONSTANT], quantiles(answers, n=20)[-1]
        print(f"| {call} | {rates[call]:,.0f} | {share:.1%} | {1000 * slow:,.0f} |")


if __name__ == "__main__":
    if sys.argv[1:] == ["--constant"]:
        serve_constant(int(os.environ["PORT"]))
        sys.exit()
    os.chdir(Path(__file__).resolve().parents[1])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    measure(**vars(parser.parse_args()))
