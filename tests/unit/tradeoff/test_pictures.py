"""Pictures of trade-offs in a notebook."""

from ccegov_choice.tradeoff.ratio import trade_offs


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
