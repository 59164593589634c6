"use strict";
// What the reader sees and does. Names from outside are only ever set as text.
(function () {
  const page = JSON.parse(document.getElementById("data").textContent);
  const words = JSON.parse(document.getElementById("words").textContent);
  page.opened = page.tastes.map((sent) => openTastes(sent, page.weights.length));
  const say = (key, gaps = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
  const byId = (id) => document.getElementById(id);
  const MINUS = "\u2212";

  // --- numbers in words ------------------------------------------------------------------------
  const plain = (value, places) => {
    const text = Math.abs(value).toFixed(places);
    const [whole, part] = text.split(".");
    const shown = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") + (part ? "." + part : "");
    return value < 0 && Number(text) !== 0 ? MINUS + shown : shown;
  };
  const whole = (share) => plain(100 * share, 0);
  const people = (share) => {
    const n = Math.round(100 * share);
    return n < 1 ? words.under_one : n > 99 ? words.over_99 : `about ${n}`;
  };
  const places = ([value, low, high]) => {
    const size = (high - low) / 2 > 0 ? (high - low) / 2 : Math.max(Math.abs(value) / 10, 1e-9);
    return Math.min(Math.max(1 - Math.floor(Math.log10(size)), 0), 6);
  };
  const between = (low, high, n) => say("range", { low: plain(low, n), high: plain(high, n) });
  const shareRange = ([, low, high]) => between(100 * low, 100 * high, 0);
  const sureOf = ([, low, high]) => (low > 0 ? 1 : high < 0 ? -1 : 0);
  const flipped = ([value, low, high]) => [-value, -high, -low];

  // --- state: what is chosen -------------------------------------------------------------------
  const selects = (side, j) => [...document.querySelectorAll(`select[data-side="${side}"][data-offer="${j}"]`)];
  const box = (side, j) => document.querySelector(`input[data-side="${side}"][data-offer="${j}"]`);
  const chosen = (side) => page.offers.map((_, j) => {
    const offered = box(side, j);
    return offered && !offered.checked ? null : selects(side, j).map((item) => Number(item.value));
  });
  const fill = (side, levels) => page.offers.forEach((_, j) => {
    const offered = box(side, j);
    if (offered) offered.checked = levels[j] !== null;
    selects(side, j).forEach((item, k) => {
      if (levels[j]) item.value = String(levels[j][k]);
      item.disabled = levels[j] === null;
    });
  });
  const start = [0, 1].map((side) => page.scenarios[side].offers);
  const names = [0, 1].map((side) => page.scenarios[side].name);
  const key = (side, offer, name) => [side ? "b" : "a", offer.id, name].filter((part) => part !== null).join(".");

  function fragment(state) {
    const found = new URLSearchParams();
    state.forEach((side, k) => page.offers.forEach((offer, j) => {
      if (side[j] === null) found.set(key(k, offer, "off"), "1");
      else offer.attributes.forEach((name, n) =>
        found.set(key(k, offer, name), page.attributes[name].levels[side[j][n]].id));
    }));
    return found.toString();
  }

  // What a link says; what this page does not have is named and left as it was.
  function readFragment(text) {
    const given = new URLSearchParams(text.replace(/^#/, "")), unknown = [];
    const state = start.map((side) => side.map((levels) => levels && levels.slice()));
    const known = new Map();
    [0, 1].forEach((side) => page.offers.forEach((offer, j) => {
      known.set(key(side, offer, "off"), { side, j });
      offer.attributes.forEach((name, n) => known.set(key(side, offer, name), { side, j, n, name }));
    }));
    for (const [name, value] of given) {
      const spot = known.get(name);
      const place = spot && spot.name ? page.attributes[spot.name].levels.findIndex((l) => l.id === value) : 0;
      if (!spot || place < 0 || (!spot.name && page.offers.length === 1)) unknown.push(`${name}=${value}`.slice(0, 60));
      else if (!spot.name) state[spot.side][spot.j] = null;
      else {
        state[spot.side][spot.j] = state[spot.side][spot.j] || page.offers[spot.j].attributes.map(() => 0);
        state[spot.side][spot.j][spot.n] = place;
      }
    }
    return { state, unknown, given: [...given].length > 0 };
  }

  // --- sentences -------------------------------------------------------------------------------
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const gaps = { today: names[0], reform: names[1] };
  const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const heads = names.map(upper);

  function amount(value, places) {
    const forms = value < 0 ? page.pay.loss : page.pay.gain;
    const shown = plain(Math.abs(value), places);
    return forms[shown === "1" ? 0 : 1].replace("{n}", shown);
  }

  function shareSentences(found) {
    const told = [], offers = page.offers.length;
    for (let j = 0; j < offers; j++) {
      if (!page.optOut && offers === 1) continue;
      const moved = found.difference[j], sure = sureOf(moved);
      const what = page.offers[j].label || words.the_service;
      told.push(say("share_sentence", { ...gaps, what, old: people(found.shares[0][j][0]), new: people(found.shares[1][j][0]) }));
      const size = sure < 0 ? flipped(moved) : moved;
      const verdict = sure > 0 ? "share_more" : sure < 0 ? "share_fewer" : "share_same";
      told.push(say(verdict, { n: plain(100 * size[0], 0), range: shareRange(size),
        fewer: plain(-100 * size[1], 0), more: plain(100 * size[2], 0) }));
    }
    if (!told.length && found.prefer)
      told.push(sureOf(found.prefer.map((p) => p - 0.5)) === 0
        ? say("prefer_unclear", { ...gaps, range: shareRange(found.prefer) })
        : say("prefer_sentence", { ...gaps, n: people(found.prefer[0]), range: shareRange(found.prefer) }));
    return told.join(" ");
  }

  function worthSentences(found) {
    if (!page.pay) return words.no_pay;
    if (found.rights.length) return say("not_for_sale", { names: found.rights.join(", "), unit: page.pay.many });
    const value = found.worth.median, sure = sureOf(value), n = places(value), who = words.who;
    const size = sure < 0 ? flipped(value) : value;
    const range = between(size[1], size[2], n);
    const verdict = sure > 0 ? "worth_gain" : sure < 0 ? "worth_loss" : "worth_unclear";
    const told = [say(verdict, { ...gaps, who, amount: amount(value[0], n), range, worst: amount(value[1], n), best: amount(value[2], n) })];
    if (page.alike) told.push(words.winners_alike);
    else told.push(winnersSentence(found.worth));
    if (Math.abs(value[0]) > page.pay.span) told.push(say("beyond", { most: page.pay.most }));
    if (Math.round(100 * found.worth.wrong) > 0)
      told.push(say("wrong_sign", { n: people(found.worth.wrong), unit: page.pay.many }));
    return told.join(" ");
  }

  // Nobody, as it is told: nought in the estimate and at both ends.
  const nobody = (share) => share.every((value) => Math.round(100 * value) === 0);
  function winnersSentence({ gain, lose }) {
    const verdict = nobody(gain) ? (nobody(lose) ? "nobody_moves" : "losers_nobody")
      : nobody(lose) ? "winners_nobody" : "winners_sentence";
    return say(verdict, { winners: people(gain[0]), losers: people(lose[0]) });
  }

  function warnings(state) {
    const told = [];
    state.forEach((side, k) => {
      if (!side.some((levels) => levels) && !page.optOut) told.push(say("nothing_offered", { side: names[k] }));
      side.forEach((levels, j) => {
        const offer = page.offers[j];
        for (const rule of levels ? broken(page, offer, levels) : []) {
          const named = [...new Set([...Object.keys(rule.when), ...Object.keys(rule.then || {})])].filter((n) => offer.attributes.includes(n));
          const mix = named.map((n) => page.attributes[n].levels[levels[offer.attributes.indexOf(n)]].text);
          told.push(say("never_asked", { side: names[k], levels: mix.join(" + "), reason: rule.reason }).replace(/\s+/g, " "));
        }
      });
    });
    return told;
  }

  // --- tables and bars -------------------------------------------------------------------------
  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    Object.entries(attributes).forEach(([k, v]) => made.setAttribute(k, v));
    return made;
  };

  function table(caption, columns, rows) {
    const scroll = element("div", undefined, { class: "scroll", tabindex: "0", role: "group", "aria-label": caption });
    const made = element("table");
    made.append(element("caption", caption));
    const head = element("tr");
    columns.forEach((name) => head.append(element("th", name, { scope: "col" })));
    const thead = element("thead");
    thead.append(head);
    const body = element("tbody");
    rows.forEach((cells) => {
      const row = element("tr");
      cells.forEach((cell, i) => row.append(i ? element("td", cell) : element("th", cell, { scope: "row" })));
      body.append(row);
    });
    made.append(thead, body);
    scroll.append(made);
    return scroll;
  }

  const exact = (value) => Math.abs(value[2] - value[1]) <= 1e-9 * Math.max(1, Math.abs(value[0]));
  const shareCell = (value) => `${whole(value[0])} (${shareRange(value)})`;
  const valueCell = (value, paid = false) => (!value || !value.every(Number.isFinite) ? words.absent
    : exact(value) ? say(paid ? "by_definition" : "alone", { n: plain(value[0], Number.isInteger(Number(value[0].toFixed(6))) ? 0 : 1) })
    : `${plain(value[0], places(value))} (${between(value[1], value[2], places(value))})`);

  function tables(found) {
    const made = [];
    const labels = page.offers.map((offer) => offer.label || words.the_service).concat(page.optOut ? [page.optOut.label] : []);
    if (labels.length > 1)
      made.push(table(words.shares_title, [words.column_option, heads[0], heads[1], words.difference],
        labels.map((label, j) => [upper(label), shareCell(found.shares[0][j]), shareCell(found.shares[1][j]), shareCell(found.difference[j])])));
    else if (found.prefer)
      made.push(table(words.prefer_title, [words.column_option, words.column_who],
        [[heads[1], shareCell(found.prefer)], [heads[0], shareCell([1 - found.prefer[0], 1 - found.prefer[2], 1 - found.prefer[1]])]]));
    if (!page.pay) return made;
    const who = [[words.everybody, found.worth], ...page.groups.map((group, g) =>
      [say("group_row", { name: group.name, people: group.people.toLocaleString("en") }), found.groups[g]])];
    if (!found.rights.length)
      made.push(table(say("worth_title", { ...gaps, unit: page.pay.unit }), [words.column_who, words.column_typical, words.column_average],
        who.map(([name, one]) => [name, valueCell(one.median), valueCell(one.mean)])));
    if (!page.alike)
      made.push(table(words.winners_title, [words.column_who, words.column_gain, words.column_lose],
        who.map(([name, one]) => [name, shareCell(one.gain), shareCell(one.lose)])));
    if (found.changes.length)
      made.push(table(say("changes_title", { unit: page.pay.unit }), [words.column_change, words.column_worth],
        found.changes.map((change) => [changeText(change), valueCell(change.value, change.attributes.every((name) => name === page.pay.attribute))])));
    return made;
  }

  const changeText = (change) => change.attributes.map((name, i) => {
    const { label, levels } = page.attributes[name];
    const row = say("change_row", { attribute: label, new: levels[change.new[i]].text, old: levels[change.old[i]].text });
    return page.offers[change.offer].label ? `${page.offers[change.offer].label}, ${row}` : row;
  }).join("; ");

  const SVG = "http://www.w3.org/2000/svg";
  const drawn = (name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([k, v]) => made.setAttribute(k, v));
    if (text !== undefined) made.textContent = text;
    return made;
  };

  // Bars of shares, hidden from screen readers: the table above holds the same numbers.
  function bars(found) {
    const labels = page.offers.map((offer) => offer.label || words.the_service).concat(page.optOut ? [page.optOut.label] : []);
    const rows = labels.length > 1
      ? labels.flatMap((label, j) => [0, 1].map((k) => ({ label: `${heads[k]}: ${label}`, value: found.shares[k][j], kind: k })))
      : found.prefer ? [{ label: heads[1], value: found.prefer, kind: 1 }] : [];
    if (!rows.length) return null;
    const WIDTH = 320, ROW = 44;
    const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${rows.length * ROW}`, class: "bars", "aria-hidden": "true", focusable: "false" });
    rows.forEach((row, i) => {
      const y = i * ROW, x = (p) => 2 + p * (WIDTH - 50);
      svg.append(
        drawn("text", { x: 2, y: y + 14, class: "bar-label" }, row.label.length > 44 ? row.label.slice(0, 43) + "\u2026" : row.label),
        drawn("rect", { x: 2, y: y + 19, width: Math.max(1, x(row.value[0]) - 2), height: 14, class: row.kind ? "bar bar-new" : "bar" }),
        drawn("path", { d: `M${x(row.value[1])} ${y + 26}H${x(row.value[2])}M${x(row.value[1])} ${y + 22}v8M${x(row.value[2])} ${y + 22}v8`, class: "whisker" }),
        drawn("text", { x: WIDTH - 2, y: y + 31, class: "bar-value", "text-anchor": "end" }, whole(row.value[0])));
    });
    return svg;
  }

  // --- together --------------------------------------------------------------------------------
  let complaint = "";
  // With more than two scenarios the second side is called after the one that it now is.
  function rename(levels) {
    if (page.scenarios.length < 3) return;
    const is = page.scenarios.find((scenario) => same(scenario.offers, levels));
    names[1] = gaps.reform = is ? is.name : words.own_mix;
    heads[1] = upper(names[1]);
    document.querySelectorAll("[data-second]").forEach((label) => { label.firstChild.textContent = heads[1]; });
    if (is) byId("fill").value = String(page.scenarios.indexOf(is));
  }

  function show() {
    const state = [chosen(0), chosen(1)];
    rename(state[1]);
    const told = warnings(state), found = compare(page, state[0], state[1]);
    const guard = byId("guard");
    guard.replaceChildren(...[...(complaint ? [complaint] : []), ...told].map((text) => element("p", text)));
    guard.hidden = !guard.childNodes.length;
    const sentence = byId("sentence");
    const lines = !found ? [] : same(state[0], state[1]) ? [words.same_both] : [shareSentences(found), worthSentences(found)];
    sentence.replaceChildren(...lines.filter((line) => line).map((line) => element("p", line)));
    byId("tables").replaceChildren(...(found ? tables(found) : []));
    const picture = found && bars(found);
    byId("bars").replaceChildren(...(picture ? [picture] : []));
    byId("picture").hidden = !picture;
    const link = `#${fragment(state)}`;
    byId("link").value = location.href.replace(/#.*$/, "") + link;
    return link;
  }

  function remember() {
    complaint = "";
    const link = show();
    try { history.replaceState(null, "", link); } catch (error) { /* a frame without an address */ }
  }

  function obey() {
    const { state, unknown } = readFragment(location.hash);
    complaint = unknown.length ? say("bad_link", { names: unknown.slice(0, 5).join(", ") }) : "";
    state.forEach((levels, side) => fill(side, levels));
    show();
  }

  byId("choices").addEventListener("change", (event) => {
    const { side, offer } = event.target.dataset;
    if (event.target.type === "checkbox")
      selects(side, offer).forEach((item) => { item.disabled = !event.target.checked; });
    if (event.target.id === "fill") fill(1, page.scenarios[Number(event.target.value)].offers);
    remember();
  });
  byId("choices").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => { start.forEach((levels, side) => fill(side, levels)); remember(); });
  byId("copy").addEventListener("click", async () => {
    const field = byId("link");
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      byId("copied").textContent = words.copied;
    } catch (error) {
      byId("copied").textContent = document.execCommand("copy") ? words.copied : words.copy_failed;
    }
  });
  window.addEventListener("hashchange", obey);
  document.querySelectorAll("[data-script]").forEach((part) => { part.hidden = false; });
  // for tests and for those who want more digits
  window.simulator = { page, compare: (before, after) => compare(page, before, after), fill, show: remember, state: () => [chosen(0), chosen(1)] };
  obey();
})();
