"""Run choicedesign on a problem, in an environment of its own: ``PROBLEM OUT SECONDS``.

Its random swapping is used (its Fedorov enumerates the factorial of a whole task, which is too many
in all but the smallest problems), restarted until the time is over; the best design is written in
the scorer's layout. It takes constants as known, so its own number is not comparable: the scorer's
is.
"""

import contextlib
import csv
import io
import json
import sys
import time
from pathlib import Path

from choicedesign.design import EffDesign
from choicedesign.expressions import Attribute, Parameter


def build(problem):
    """Return its attributes and utilities."""
    draws = any(problem["prior_sd"])
    columns, utilities = [], {}
    position = 0
    names = []
    for item in problem["attributes"]:
        width = 1 if item["coding"] == "linear" else len(item["levels"]) - 1
        names.append((item, position))
        position += width
    parameters = []
    for k, (mean, sd) in enumerate(zip(problem["prior_mean"], problem["prior_sd"], strict=True)):
        more = {"prior_std": sd} if draws and sd > 0 else {}
        parameters.append(Parameter(f"b{k}", mean, **more))
    for j in range(1, problem["n_alts"] + 1):
        total = None
        for item, first in names:
            levels = item["levels"]
            linear = item["coding"] == "linear"
            codes = levels if linear else list(range(len(levels)))
            column = Attribute(f"{item['name']}_{j}", codes)
            columns.append(column)
            if linear:
                parts = [parameters[first] * column]
            elif item["coding"] == "effects":
                last = len(levels) - 1
                parts = [parameters[first + i] * (column == i) for i in range(last)]
                parts += [(-parameters[first + i]) * (column == last) for i in range(last)]
            else:
                parts = [parameters[first + i] * (column == i) for i in range(len(levels) - 1)]
            for part in parts:
                total = part if total is None else total + part
        utilities[j] = total
    for k, item in enumerate(problem.get("asc", [])):
        constant = parameters[position + k]
        alt = item["alt"]
        utilities[alt] = constant if alt not in utilities else utilities[alt] + constant
    return columns, utilities, draws


def main():
    """Search until the time is over."""
    path, out, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    with Path(path).open(encoding="utf-8") as stream:
        problem = json.load(stream)
    columns, utilities, draws = build(problem)
    began, best, runs = time.perf_counter(), None, 0
    while best is None or time.perf_counter() - began < seconds:
        left = max(seconds - (time.perf_counter() - began), 0.5) / 60
        effort = EffDesign(X=columns, ncs=problem["n_sets"])
        start = effort.gen_initdesign(seed=runs + 1)
        more = {"bayes_draws": 100} if draws else {}
        limit = min(left, max(seconds / 4, 0.5) / 60)
        with contextlib.redirect_stdout(io.StringIO()):  # it prints a line for every step
            found = effort.optimise(
                start, V=utilities, algorithm="swap", time_lim=limit, seed=runs + 1, **more
            )
        runs += 1
        if best is None or found[2] < best[2]:
            best = found
    spent = time.perf_counter() - began
    frame = best[0]
    with Path(out).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["block", "set", "alt", *(a["name"] for a in problem["attributes"])])
        for t in range(problem["n_sets"]):
            for j in range(1, problem["n_alts"] + 1):
                cells = []
                for item in problem["attributes"]:
                    value = frame.iloc[t][f"{item['name']}_{j}"]
                    linear = item["coding"] == "linear"
                    cells.append(f"{value:g}" if linear else item["levels"][int(value)])
                writer.writerow([1, t + 1, j, *cells])
    print(json.dumps({"seconds": spent, "runs": runs}))


if __name__ == "__main__":
    main()
