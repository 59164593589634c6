"use strict";
// Arithmetic of the simulator. No formula of the model is here: rows of the utility and tastes of
// people come from Python. Letters: r draw, m pattern of people, s point of tastes, q column.

function doubles(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

// Columns that are the same for everybody are sent once; here every taste is laid out in full.
function openTastes(sent, patterns) {
  const [R, M, S, Q] = sent.size;
  const common = doubles(sent.common), own = doubles(sent.own), V = sent.varying.length;
  const values = new Float64Array(R * M * S * Q);
  for (let r = 0, at = 0, from = 0; r < R; r++)
    for (let k = 0; k < M * S; k++, at += Q, from += V) {
      for (let q = 0; q < Q; q++) values[at + q] = common[r * Q + q];
      for (let v = 0; v < V; v++) values[at + sent.varying[v]] = own[from + v];
    }
  const chances = doubles(sent.chances), H = sent.patterns;
  return {
    R, S,
    at: (r, m, s) => ((r * M + (M > 1 ? m : 0)) * S + s) * Q,
    values,
    chance: (r, m, s) => chances[(r * H + (H > 1 ? m : 0)) * S + s],
    width: sent.width ? doubles(sent.width) : null,
    allotted: sent.allotted ? doubles(sent.allotted) : null,
    patterns,
  };
}

// Sparse rows by pattern: [column, one value for all or one for each pattern].
function addRows(into, rows) {
  for (const [q, value] of rows) into.push([q, value]);
  return into;
}

function rowsOf(offer, levels) {
  const rows = addRows([], offer.start);
  for (const block of offer.blocks) {
    let place = 0;
    block.attributes.forEach((name, k) => {
      place = place * block.sizes[k] + levels[offer.attributes.indexOf(name)];
    });
    addRows(rows, block.steps[place]);
  }
  return rows;
}

function dot(rows, tastes, at, m) {
  let sum = 0;
  for (const [q, value] of rows)
    sum += (typeof value === "number" ? value : value[m]) * tastes.values[at + q];
  return sum;
}

// Shares and the expected greatest utility of values by leaf; a leaf that is not offered is -Infinity.
function choose(values, tree, tastes, r) {
  const members = tree ? tree.members : [values.map((_, j) => j)];
  const all = tree ? values.concat(Array(tree.leaves - values.length).fill(-Infinity)) : values.slice();
  const within = [];
  let edge = tree ? r * members.reduce((n, list) => n + list.length, 0) : 0;
  members.forEach((list, n) => {
    const width = tree ? tastes.width[r * members.length + n] : 1;
    const powers = list.map((c) => {
      const allotted = tree ? tastes.allotted[edge++] : 1;
      return (all[c] + Math.log(allotted)) / width;
    });
    const top = Math.max(...powers);
    if (top === -Infinity) {
      within.push(powers.map(() => 0));
      all.push(-Infinity);
      return;
    }
    const parts = powers.map((p) => Math.exp(p - top));
    const total = parts.reduce((a, b) => a + b, 0);
    within.push(parts.map((p) => p / total));
    all.push(width * (top + Math.log(total)));
  });
  const leaves = all.length - members.length;
  const chances = new Array(all.length).fill(0);
  chances[all.length - 1] = 1;
  for (let n = members.length - 1; n >= 0; n--)
    members[n].forEach((c, k) => { chances[c] += chances[leaves + n] * within[n][k]; });
  return { shares: chances.slice(0, values.length), logsum: all[all.length - 1] };
}

// A change of utility this small counts as none, as in Python.
const SAME = 1e-9;

// What people say to two sides: lists by offer of places of levels, null where it is not offered.
function answer(page, tastes, before, after) {
  const found = [];
  const sides = [before, after].map((side) => side.map((l, j) => l && rowsOf(page.offers[j], l)));
  const single = page.offers.length === 1;
  const groups = page.groups.length;
  for (let r = 0; r < tastes.R; r++) {
    const sums = sides.map(() => new Array(page.offers.length + (page.optOut ? 1 : 0)).fill(0));
    const worth = [], weights = [], changes = new Map();
    let prefer = 0;
    for (let m = 0; m < page.weights.length; m++)
      for (let s = 0; s < tastes.S; s++) {
        const at = tastes.at(r, m, s), weight = page.weights[m] * tastes.chance(r, m, s);
        const choices = sides.map((side, k) => {
          const values = side.map((rows) => (rows ? dot(rows, tastes, at, m) : -Infinity));
          if (page.optOut) values.push(dot(page.optOut.rows, tastes, at, m));
          const chosen = choose(values, page.tree, tastes, r);
          chosen.shares.forEach((p, j) => { sums[k][j] += weight * p; });
          return { values, logsum: chosen.logsum };
        });
        if (single)
          prefer += weight * choose([choices[0].values[0], choices[1].values[0]], null).shares[1];
        if (!page.pay) continue;
        const unit = dot(page.pay.slope, tastes, at, m);
        const gain = choices[1].logsum - choices[0].logsum;
        worth.push({ m, value: unit > 0 ? gain / unit : NaN, sign: Math.abs(gain) <= SAME ? 0 : Math.sign(gain) });
        weights.push(weight);
        for (const change of page.changes)
          push(changes, change.id, unit > 0 ? dot(change.rows, tastes, at, m) / unit : NaN);
      }
    const one = { shares: sums, prefer };
    if (page.pay) {
      one.worth = summary(page, worth, weights, () => true);
      one.groups = page.groups.map((_, g) => summary(page, worth, weights, (w) => page.ofGroup[w.m] === g));
      one.changes = new Map([...changes].map(([id, values]) => [id, (page.alike ? mean : middle)(values, weights)]));
    }
    found.push(one);
  }
  return found;
}

function push(map, key, value) {
  if (!map.has(key)) map.set(key, []);
  map.get(key).push(value);
}

// People whose unit counts nothing or the other way have no worth: they are counted, and left out.
function summary(page, worth, weights, belongs) {
  let all = 0, gain = 0, lose = 0, wrong = 0;
  const values = [], kept = [];
  worth.forEach((w, i) => {
    if (!belongs(w)) return;
    all += weights[i];
    if (w.sign > 0) gain += weights[i];
    if (w.sign < 0) lose += weights[i];
    if (Number.isNaN(w.value)) wrong += weights[i];
    values.push(w.value);
    kept.push(weights[i]);
  });
  const share = (part) => (part ? part / all : 0);
  return { mean: mean(values, kept), median: middle(values, kept), gain: share(gain), lose: share(lose), wrong: share(wrong) };
}

function mean(values, weights) {
  let sum = 0, total = 0;
  values.forEach((v, i) => { if (!Number.isNaN(v)) { sum += weights[i] * v; total += weights[i]; } });
  return sum / total;
}

// The value below which half of the weight lies; between two of them where half is met exactly.
function middle(values, weights) {
  const order = [...values.keys()].filter((i) => !Number.isNaN(values[i]) && weights[i] > 0);
  order.sort((a, b) => values[a] - values[b]);
  const total = order.reduce((sum, i) => sum + weights[i], 0);
  let reached = 0, low = NaN;
  for (const i of order) {
    reached += weights[i] / total;
    if (Number.isNaN(low) && reached >= 0.5 - 1e-12) low = values[i];
    if (reached >= 0.5 + 1e-12) return (low + values[i]) / 2;
  }
  return low;
}

// Linear between order statistics, as NumPy's quantile.
function quantile(sorted, p) {
  const place = p * (sorted.length - 1), low = Math.floor(place), part = place - low;
  const next = sorted[Math.min(low + 1, sorted.length - 1)];
  return sorted[low] + (next - sorted[low]) * part;
}

// One number with its interval: at the estimates, and over the draws.
function told(estimate, draws, pick, level) {
  const values = draws.map(pick).sort((a, b) => a - b);
  return [pick(estimate[0]), quantile(values, 0.5 - level / 2), quantile(values, 0.5 + level / 2)];
}

// Which rules of the study a mix of levels breaks.
function broken(page, offer, levels) {
  const cells = { ...offer.fixed, alternative: offer.id };
  offer.attributes.forEach((name, k) => { cells[name] = page.attributes[name].levels[levels[k]].cell; });
  const among = (named) => Object.entries(named).every(([name, list]) => list.includes(cells[name]));
  return page.rules.filter((rule) => {
    if (!Object.keys(rule.when).length || !among(rule.when)) return false;
    if (rule.then === null) return true;
    return !Object.entries(rule.then).every(([name, list]) => !(name in cells) || list.includes(cells[name]));
  });
}

// Changes that are told apart: the attributes of a block that differ between the two sides.
function changesOf(page, before, after) {
  const found = [];
  page.offers.forEach((offer, j) => {
    if (!before[j] || !after[j]) return;
    for (const block of offer.blocks) {
      const places = block.attributes.map((name) => offer.attributes.indexOf(name));
      const changed = places.filter((k) => before[j][k] !== after[j][k]);
      if (!changed.length) continue;
      const index = (side) => places.reduce((n, k, i) => n * block.sizes[i] + side[j][k], 0);
      const rows = block.steps[index(after)].concat(
        block.steps[index(before)].map(([q, v]) => [q, typeof v === "number" ? -v : v.map((x) => -x)]));
      found.push({ id: `${j}:${block.attributes.join("+")}`, offer: j, rows,
        attributes: changed.map((k) => offer.attributes[k]),
        old: changed.map((k) => before[j][k]), new: changed.map((k) => after[j][k]) });
    }
  });
  return found;
}

function protectedChanges(page, before, after) {
  const names = new Set();
  page.offers.forEach((offer, j) => offer.attributes.forEach((name, k) => {
    if (!page.attributes[name].protected) return;
    if ((before[j] && before[j][k]) !== (after[j] && after[j][k])) names.add(page.attributes[name].label);
  }));
  return [...names];
}

// Everything that is told of two sides, each number as [estimate, low, high].
function compare(page, before, after) {
  const open = (side) => side.some((levels) => levels) || page.optOut;
  if (!open(before) || !open(after)) return null;
  const rights = protectedChanges(page, before, after);
  const changes = changesOf(page, before, after)
    .filter((change) => !change.attributes.some((name) => page.attributes[name].protected));
  const asked = { ...page, pay: page.pay, changes };
  const [estimate, draws] = page.opened.map((tastes) => answer(asked, tastes, before, after));
  const tell = (pick) => told(estimate, draws, pick, page.level);
  const both = [0, 1];
  const found = {
    shares: both.map((k) => estimate[0].shares[k].map((_, j) => tell((one) => one.shares[k][j]))),
    difference: estimate[0].shares[0].map((_, j) => tell((one) => one.shares[1][j] - one.shares[0][j])),
    prefer: page.offers.length === 1 && before[0] && after[0] ? tell((one) => one.prefer) : null,
    rights, changes: [], worth: null, groups: [],
  };
  if (!page.pay) return found;
  const sums = (from) => ({
    gain: tell((one) => from(one).gain), lose: tell((one) => from(one).lose), wrong: from(estimate[0]).wrong,
    mean: rights.length || page.noMean ? null : tell((one) => from(one).mean),
    median: rights.length ? null : tell((one) => from(one).median),
  });
  found.worth = sums((one) => one.worth);
  found.groups = page.groups.map((_, g) => sums((one) => one.groups[g]));
  found.changes = changes.map((change) => ({ ...change, value: tell((one) => one.changes.get(change.id)) }));
  return found;
}
