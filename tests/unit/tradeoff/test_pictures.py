"""Pictures of trade-offs in a notebook."""

from pathlib import Path

import ccegov_choice as cc
from ccegov_choice.tradeoff.ratio import trade_offs

FOLDER = Path(__file__).parents[3] / "designs" / "benefit-claim"


def test_trade_offs_show_themselves(results):
    found = trade_offs(results, "wait")
    chart = found.plot()
    assert [row.value for row in chart.rows] == [trade.estimate for trade in found]
    assert "days until the decision" in chart.subtitle
    assert (
        chart.headline
        == max((t for t in found if t.conclusive), key=lambda t: t.estimate).sentence()
    )
    assert 'role="img"' in chart._repr_html_()


def test_unbounded_sets_have_no_mark_and_say_why(study, make_results):
    made = make_results(study, "wait + hours", [-0.001, 0.1])
    chart = trade_offs(made, "wait", method="fieller").plot()
    assert chart.rows[0].value is None
    assert chart.rows[0].absent in chart.alt
    assert "cannot tell" in chart.headline


def test_forecasts_and_effects_show_themselves():
    study = cc.Study.read(FOLDER / "study.toml")
    utility = cc.Utility("te_decision_days + dr_treatment + asc", study)
    design = cc.random_design(study, tasks=8, blocks=1, seed=1)
    truth = dict.fromkeys(utility.names, 0.2) | {"te_decision_days": -0.05}
    data = cc.simulate_choices(design, cc.Logit(utility), truth, people=60, seed=2)
    results = cc.Logit(utility).fit(data)
    effects = cc.marginal_effects(results, data, "te_decision_days")
    chart = effects.plot()
    assert [row.value for row in chart.rows] == [
        item.estimate for item in sorted(effects.items, key=lambda item: item.change)
    ]
    assert "no response" in chart._repr_html_()
    usual = {a.id: a.cell(a.shown_levels[0]) for a in study.attributes}
    quick = usual | {"te_decision_days": 5.0}
    offers = {"now": study.profile(**usual), "soon": study.profile(**quick)}
    forecast = cc.uptake(results, offers, draws=200)
    bars = forecast.plot()
    assert [row.value for row in bars.rows] == [100 * share for share in forecast.shares]
    assert "people in 100" in bars.table.columns
