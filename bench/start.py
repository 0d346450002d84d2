"""From the command to the first answer, and the memory of it all.

    python -m bench.start [--facts data/facts] [--starts 5]

Time from the start of `marketing-dashboard serve` to /readyz and to the CFO page's figures; memory (PSS, two workers)
at rest after every page was asked for by each. Prints one JSON object.
"""

import argparse
import json
import statistics
import time

from bench.faults import Server
from bench.machine import machine, pss_mb


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", default="data/facts")
    parser.add_argument("--starts", type=int, default=5)
    arguments = parser.parse_args()
    ready, figures, memory = [], [], 0.0
    for _ in range(arguments.starts):
        began = time.perf_counter()
        server = Server(arguments.facts)
        try:
            while server.ask("/readyz")[0] != 200:
                time.sleep(0.005)
            ready.append(time.perf_counter() - began)
            assert server.visit(("cfo", ""))[0] == 200
            figures.append(time.perf_counter() - began)
            for page in ("executive", "cmo", "cfo") * 6:
                server.visit((page, "device=Mobile"))
            time.sleep(1)
            memory = pss_mb(server.process.pid)
        finally:
            server.process.terminate()
            server.process.wait(30)
    found = {
        "ready s": round(statistics.median(ready), 2),
        "figures s": round(statistics.median(figures), 2),
        "memory mb": memory,
    }
    print(json.dumps({"machine": machine(), "starts": arguments.starts, **found}, indent=1))


if __name__ == "__main__":
    main()
