"""`ccegov trade`: what people would give up for what."""

from __future__ import annotations

import argparse
import json


def register(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its options."""
    parser = nouns.add_parser(
        "trade",
        help="what people would give up for what",
        description="Willingness to trade from saved results: for one gain, or for all of them.",
    )
    parser.add_argument("results", help="results.json saved by `ccegov fit`")
    parser.add_argument("--pay-in", required=True, help="attribute that people give up")
    parser.add_argument(
        "--gain", help="what they get, as in 'dr_treatment: brusque -> polite'; default: everything"
    )
    parser.add_argument(
        "--method",
        choices=("delta", "krinsky-robb", "fieller"),
        help="how the interval is made (delta; krinsky-robb where tastes differ between people)",
    )
    parser.add_argument("--level", type=float, default=0.95, help="confidence (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print numbers for machines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the trade-offs."""
    from ccegov_choice.models.results import Results
    from ccegov_choice.tradeoff.ratio import trade_offs, willingness_to_trade

    results = Results.load(arguments.results)
    if arguments.gain:
        one = willingness_to_trade(
            results,
            gain=arguments.gain,
            pay_in=arguments.pay_in,
            method=arguments.method,
            level=arguments.level,
        )
        found = [one]
    else:
        every = trade_offs(
            results, pay_in=arguments.pay_in, method=arguments.method, level=arguments.level
        )
        found = list(every)
    if arguments.json:
        keys = ("gain", "pay_in", "unit", "estimate", "conf_low", "conf_high", "method", "level")
        print(json.dumps([{key: getattr(item, key) for key in keys} for item in found], indent=1))
    elif arguments.gain:
        print(found[0].sentence())
    else:
        print(every.table())
    return 0
