"""The account of public value: who saves, who pays with time, who gains, and what is no option."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccegov_choice._drawing.chart import Chart, Row, nice_axis
from ccegov_choice._drawing.make import make_chart
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.policy.value.option import ValueOption, measures
from ccegov_choice.policy.value.showing import amount, number_format, page, with_interval

if TYPE_CHECKING:
    import pandas as pd

_NO_HOUR = "no worth of an hour of citizens' time is declared"


@dataclass(frozen=True)
class CostShift:
    """An option that saves the agency what citizens pay with their time.

    Parameters
    ----------
    option : str
        Its id.
    saving : Estimate
        What the agency saves.
    hours : Estimate
        Hours that citizens spend more.
    break_even : float
        An hour worth more than this turns the saving into a loss.
    net : Estimate or None
        Saving less the worth of the hours; None where that worth is not declared.
    """

    option: str
    saving: Estimate
    hours: Estimate
    break_even: float
    net: Estimate | None


@dataclass(frozen=True)
class PublicValue:
    """Options side by side on every dimension; nothing is added up that was not declared.

    Parameters
    ----------
    options : tuple of ValueOption
        What could be done.
    unit : str
        Of savings, and of the worth of an hour.
    hour_value : float or None
        Declared worth of an hour of citizens' time, in `unit`.
    dimensions : tuple of str
        What options are compared on; savings, benefits and the worst group count upwards, hours
        and burden downwards.
    pareto : tuple of str
        Ids of the options that no other beats on every dimension; none that breaks a floor.
    dominated : tuple of (str, str)
        Each option that is beaten, and by which.
    refused : tuple of str
        Ids of the options that break the floor of a right.
    """

    options: tuple[ValueOption, ...]
    unit: str
    hour_value: float | None
    dimensions: tuple[str, ...]
    pareto: tuple[str, ...]
    dominated: tuple[tuple[str, str], ...]
    refused: tuple[str, ...]

    def option(self, id: str) -> ValueOption:
        """Return an option by its id."""
        return next(option for option in self.options if option.id == id)

    def net(self, option: ValueOption) -> Estimate | Absent:
        """Return an option's saving less citizens' time, where an hour has a declared worth."""
        return Absent(_NO_HOUR) if self.hour_value is None else option.net(self.hour_value)

    @property
    def shifts(self) -> tuple[CostShift, ...]:
        """Every option that shifts costs from the agency to citizens."""
        return tuple(
            CostShift(
                option.id,
                option.saving,
                option.hours,
                option.break_even,
                None if self.hour_value is None else option.net(self.hour_value),
            )
            for option in self.options
            if option.break_even is not None
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know besides."""
        notes = [f"Compared on {', '.join(self.dimensions)}; none is weighed against another."]
        if self.hour_value is None:
            notes.append(f"Savings and hours are not added up: {_NO_HOUR}.")
        else:
            notes.append(
                f"An hour of citizens' time counts {amount(self.hour_value, self.unit)}, as "
                "declared: a value judgement."
            )
        if self.refused:
            names = ", ".join(f"'{self.option(id).text()}'" for id in self.refused)
            notes.append(f"Under the floor of a right, so no option whatever it saves: {names}.")
        notes.append("Dominance compares the numbers themselves, not their intervals.")
        return tuple(notes)

    def table(self) -> Table:
        """Return one row per option, with the columns that are given."""
        units = [option.benefit_unit for option in self.options if option.benefit_unit]
        named = f"benefit per person ({units[0]})" if units else "benefit per person"
        headings = {
            "agency saving": f"agency saves ({self.unit})",
            "citizens' hours": "citizens spend more (hours)",
            "other burden": "other burden",
            "benefit": named,
            "worst group": "benefit of the worst group",
        }
        given = [measures(option) for option in self.options]
        shown = [headings[name] for name in self.dimensions]
        formats = {
            headings[name]: number_format(found[name].value for found in given)
            for name in self.dimensions
        }
        columns = ("option", *shown)
        rows: list[tuple[Cell, ...]] = [
            (option.text(), *(found[name].value for name in self.dimensions))
            for option, found in zip(self.options, given, strict=True)
        ]
        if "worst group" in self.dimensions:
            columns = (*columns, "worst group")
            worst = [option.worst_group[0] for option in self.options if option.worst_group]
            rows = [(*row, name) for row, name in zip(rows, worst, strict=True)]
        if self.hour_value is not None:
            net = [option.net(self.hour_value).value for option in self.options]
            columns = (*columns, f"saving less time ({self.unit})")
            formats[columns[-1]] = number_format(net)
            rows = [(*row, value) for row, value in zip(rows, net, strict=True)]
        verdicts = map(self._verdict, self.options)
        rows = [(*row, verdict) for row, verdict in zip(rows, verdicts, strict=True)]
        title = "Public value of each option"
        return Table(title, (*columns, "verdict"), tuple(rows), self.notes, formats)

    def _verdict(self, option: ValueOption) -> str:
        if option.id in self.refused:
            return "no option: breaks a right's floor"
        beaten = dict(self.dominated).get(option.id)
        parts = [f"beaten by {self.option(beaten).text()}" if beaten else "not beaten"]
        if option.shifts_cost:
            parts.append("shifts cost to citizens")
        return "; ".join(parts)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per option and dimension, with intervals where there are any."""
        import pandas as pd

        rows = []
        for option in self.options:
            found = dict(measures(option))
            net = self.net(option)
            if isinstance(net, Estimate):
                found["net"] = net
            rows += [
                {
                    "option": option.id,
                    "dimension": name,
                    "value": number.value,
                    "conf_low": number.low,
                    "conf_high": number.high,
                    "pareto": option.id in self.pareto,
                    "refused": option.id in self.refused,
                }
                for name, number in found.items()
            ]
        return pd.DataFrame(rows)

    def sentences(self) -> tuple[str, ...]:
        """Say which options remain and who pays for savings, in plain English."""
        names = ", ".join(f"'{self.option(id).text()}'" for id in self.pareto)
        if not self.pareto:
            said = ["Every option breaks the floor of a right: none can be chosen."]
        elif len(self.pareto) == 1:
            said = [f"{names} is at least as good in everything as every other option."]
        else:
            said = [
                f"None of these is at least as good in everything as another: {names}. Choosing "
                "between them is a judgement of value."
            ]
        said += [self._shift_sentence(shift) for shift in self.shifts]
        said += [
            f"'{self.option(loser).text()}' is beaten by '{self.option(winner).text()}'."
            for loser, winner in self.dominated
        ]
        said += [
            f"'{option.text()}' breaks the floor of {', '.join(option.under_floor)} and is no "
            "option, whatever it saves."
            for option in map(self.option, self.refused)
        ]
        return tuple(said)

    def _shift_sentence(self, shift: CostShift) -> str:
        text = (
            f"'{self.option(shift.option).text()}' saves the agency "
            f"{with_interval(shift.saving, self.unit)} and costs citizens "
            f"{with_interval(shift.hours, 'hours')}: it shifts cost to citizens, "
        )
        if shift.net is None:
            worth = amount(shift.break_even, self.unit)
            return f"{text}and is a loss if an hour is worth more than {worth}."
        if shift.net.low is not None and shift.net.sign == 0:
            return (
                f"{text}and this study cannot tell whether anything is saved "
                f"({with_interval(shift.net, self.unit)})."
            )
        word = "a net loss" if shift.net.value < 0 else "a net saving"
        return f"{text}{word}: {with_interval(shift.net, self.unit)}."

    def sentence(self) -> str:
        """Say which options remain, in one paragraph."""
        return " ".join(self.sentences())

    def chart(self) -> Chart:
        """Chart saving less citizens' time; or citizens' time where an hour has no worth."""
        rows = []
        for option in self.options:
            net = self.net(option)
            found = option.hours if isinstance(net, Absent) else net
            text = amount(found.value)
            name = f"{option.text()} (no option)" if option.under_floor else option.text()
            rows.append(Row(name, found.value, found.low, found.high, text))
        label = (
            "hours that citizens spend more"
            if self.hour_value is None
            else f"agency's saving less citizens' time, {self.unit}"
        )
        axis = nice_axis(
            rows, label, at_least=(0.0, 0.0), reference=0.0, reference_label="no change"
        )
        return make_chart(
            "public-value",
            "dots",
            self.sentences()[0],
            f"Each option: {label}",
            rows,
            axis,
            note=self.notes[1],
            sample=f"{len(self.options)} options",
            table=self.table(),
        )

    plot = chart

    def _repr_html_(self) -> str:
        return page([self.table()], self.chart())

    def __repr__(self) -> str:
        return self.table().to_text()
