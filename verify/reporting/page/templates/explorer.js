const at = (id) => document.getElementById(`explorer-${id}`);

// What the controls say, under the names of the formulas' arguments.
function unit() {
  return {
    one_minus_abs_lam: 10 ** -at("memory").value,
    arg_lam: Math.PI * at("theta").value,
    one_minus_rho: 10 ** -at("rho").value,
  };
}

const choice = (id) => at(id).value;
const gammaOf = (where) => formulas[`gamma_${choice("gamma")}`](where);

function moments(where) {
  const here = { ...where, gamma: gammaOf(where) };
  const slope = (part) => formulas[`${part}_slope_${choice("coordinates")}`](here);
  const sensitivity = (part) => formulas.sensitivity({ ...here, slope: slope(part) });
  return {
    state: formulas.second_moment(here),
    radial: sensitivity("radial"),
    angular: sensitivity("angular"),
  };
}

function lossOf(student, teacher) {
  return formulas.loss({
    ...student,
    gamma: gammaOf(student),
    one_minus_abs_lam_star: teacher.one_minus_abs_lam,
    arg_lam_star: teacher.arg_lam,
    gamma_star: gammaOf(teacher),
  });
}

// Students around the teacher, closer together the nearer they are to it.
const OFFSETS = Array.from({ length: 601 }, (_, i) => 10 ** (i / 60 - 9));
const REACH = 2; // of a parameter, to either side

function students(part, teacher) {
  const e = teacher.one_minus_abs_lam;
  const radial = [...OFFSETS, ...around(e, e)]
    .filter((o) => o > 0 && o < 1)
    .map((one_minus_abs_lam) => ({ ...teacher, one_minus_abs_lam }));
  const angular = around(teacher.arg_lam, 1).map((arg_lam) => ({ ...teacher, arg_lam }));
  const parameter = formulas[`${part}_${choice("coordinates")}`];
  const origin = parameter(teacher);
  return (part === "radial" ? radial : angular)
    .map((student) => [parameter(student) - origin, lossOf(student, teacher)])
    .filter(([x]) => Math.abs(x) < 1.2 * REACH)
    .sort(([x], [y]) => x - y);
}

function around(centre, scale) {
  return [centre, ...OFFSETS.flatMap((o) => [centre - o * scale, centre + o * scale])];
}

// Numbers for the eye; in full they are in data-value.

const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = (n) => String(n).replace("-", "⁻").replace(/\d/g, (d) => SUPERSCRIPT[d]);

function power(exponent) {
  return exponent === 0 ? "1" : exponent === 1 ? "10" : `10${raised(exponent)}`;
}

function readable(value, digits = 4) {
  if (value === 0) return "0";
  if (1e-3 <= Math.abs(value) && Math.abs(value) < 1e5) {
    return String(Number(value.toPrecision(digits))).replace("-", "−");
  }
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const factor = String(Number(mantissa)).replace("-", "−");
  return factor === "1" ? power(Number(exponent)) : `${factor} × ${power(Number(exponent))}`;
}

function show(id, value, text = readable(value)) {
  at(id).textContent = text;
  at(id).dataset.value = String(value);
}

function element(name, attributes, content = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = content;
  return made;
}

// A frame with axes; x and y map what is shown to pixels.
function frame(id, [x0, x1], [y0, y1], ticks) {
  const svg = at(id);
  const { width, height } = svg.getBoundingClientRect();
  const box = { left: 44, right: width - 12, top: 8, bottom: height - 24 };
  const x = (v) => box.left + ((v - x0) / (x1 - x0)) * (box.right - box.left);
  const y = (v) => box.bottom - ((v - y0) / (y1 - y0)) * (box.bottom - box.top);
  const size = { width: box.right - box.left, height: box.bottom - box.top };
  const clip = element("clipPath", { id: `explorer-${id}-inside` });
  clip.append(element("rect", { x: box.left, y: box.top, ...size }));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(clip);
  const add = (...made) => svg.append(element(...made));
  const curve = (points, kind = "") => {
    const shown = points.map(([u, v]) => [x(u), y(v)]).filter((p) => p.every(Number.isFinite));
    const look = { class: `explorer-curve ${kind}`, "clip-path": `url(#${clip.id})` };
    if (shown.length) add("path", { ...look, d: line(shown) });
  };
  const dot = (u, v, kind = "") => {
    if (Number.isFinite(v)) add("circle", { class: `explorer-dot ${kind}`, r: 5, cx: x(u), cy: y(v) });
  };
  for (const [v, label] of ticks.x) {
    add("path", { class: "explorer-grid", d: `M${x(v)} ${box.top}V${box.bottom}` });
    add("text", { x: x(v), y: box.bottom + 17, "text-anchor": "middle" }, label);
  }
  for (const [v, label] of ticks.y) {
    add("path", { class: "explorer-grid", d: `M${box.left} ${y(v)}H${box.right}` });
    add("text", { x: box.left - 7, y: y(v) + 4, "text-anchor": "end" }, label);
  }
  return { add, curve, dot, x, box };
}

const line = (points) => `M${points.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L")}`;

function decades(low, high, most) {
  const step = Math.ceil((high - low) / most);
  const first = Math.ceil(low / step) * step;
  const count = Math.floor((high - first) / step) + 1;
  return Array.from({ length: count }, (_, i) => first + i * step).map((n) => [n, power(n)]);
}

function drawMoments(here) {
  const memories = Array.from({ length: 139 }, (_, i) => 0.1 + i / 20);
  const values = memories.map((m) => moments({ ...here, one_minus_abs_lam: 10 ** -m }));
  const logs = values.flatMap((v) => Object.values(v)).filter((v) => v > 0).map(Math.log10);
  const low = Math.floor(Math.min(...logs, -1)), high = Math.ceil(Math.max(...logs, 1));
  const ticks = { x: decades(0, 7, 8), y: decades(low, high, 8) };
  const { add, curve, dot, x, box } = frame("moments", [0, 7], [low, high], ticks);
  const memory = -Math.log10(here.one_minus_abs_lam), now = moments(here);
  add("path", { class: "explorer-here", d: `M${x(memory)} ${box.top}V${box.bottom}` });
  for (const kind of ["state", "radial", "angular"]) {
    curve(memories.map((m, i) => [m, Math.log10(values[i][kind])]), `explorer-${kind}`);
    dot(memory, Math.log10(now[kind]), `explorer-${kind}`);
  }
}

function drawLoss(part, teacher) {
  const memoryless = lossOf({ ...teacher, one_minus_abs_lam: 1 }, teacher);
  const marks = [-2, -1, 0, 1, 2].map((v) => [v, String(v).replace("-", "−")]);
  const ticks = { x: marks, y: [0, 0.5, 1, 1.5].map((v) => [v, String(v)]) };
  const { add, curve, dot, x, box } = frame(`${part}-loss`, [-REACH, REACH], [0, 1.5], ticks);
  const edge = edgeOf(part, teacher);
  if (edge < REACH) {
    const size = { width: x(REACH) - x(edge), height: box.bottom - box.top };
    add("rect", { class: "explorer-outside", x: x(edge), y: box.top, ...size });
  }
  const points = students(part, teacher).map(([u, loss]) => [u, Math.min(loss / memoryless, 99)]);
  curve(points);
  dot(0, 0);
  const left = points.findLast(([u, loss]) => u < 0 && loss >= 0.5);
  const right = points.find(([u, loss]) => u > 0 && loss >= 0.5);
  const texts = [left, right].map((point, i) =>
    point ? readable(point[0], 2) : ["left of −2", "right of 2"][i]);
  show(`${part}-basin`, [left?.[0], right?.[0]], texts.join(" and "));
}

// How far it is to |λ| = 1.
function edgeOf(part, teacher) {
  const parameter = formulas[`${part}_${choice("coordinates")}`];
  const edge = parameter({ ...teacher, one_minus_abs_lam: 0 }) - parameter(teacher);
  return part === "radial" && Number.isFinite(edge) ? edge : Infinity;
}

function update() {
  const here = unit(), now = moments(here), [radial, angular] = names[choice("coordinates")];
  show("memory-value", 1 / here.one_minus_abs_lam);
  show("theta-value", here.arg_lam, `${readable(Number(at("theta").value))} π`);
  show("rho-value", 1 - here.one_minus_rho);
  show("second-moment", now.state);
  show("radial", now.radial);
  show("angular", now.angular);
  show("gamma-value", gammaOf(here));
  for (const id of ["memory", "theta", "rho"]) {
    at(id).setAttribute("aria-valuetext", at(`${id}-value`).textContent);
  }
  for (const [part, name] of [["radial", radial], ["angular", angular]]) {
    for (const span of document.querySelectorAll(`.explorer-${part}-name`)) span.innerHTML = name;
  }
  at("edge").hidden = edgeOf("radial", here) === Infinity;
  drawMoments(here);
  drawLoss("radial", here);
  drawLoss("angular", here);
}

document.getElementById("explorer").addEventListener("input", update);
new ResizeObserver(update).observe(at("moments"));
