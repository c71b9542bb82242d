// Without scripts the page is whole: what is here sorts, filters and focuses.

const table = document.querySelector("table.claims");
const rows = [...table.tBodies[0].rows];
const GREEK = {
  α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", θ: "theta", κ: "kappa", λ: "lambda",
  μ: "mu", ν: "nu", π: "pi", ρ: "rho", σ: "sigma", τ: "tau", φ: "phi", ω: "omega", ψ: "psi",
};
// a letter is found by its name, too
const spelt = (text) => text.replace(/\p{Script=Greek}/gu, (letter) => GREEK[letter] ?? letter);
const texts = rows.map((row) => {
  const written = `${row.textContent} ${row.dataset.more}`.toLowerCase();
  return [row, `${written} ${spelt(written)}`];
});
const fields = ["search", "verdict", "section"].map((id) => document.getElementById(id));

function filter() {
  const [words, verdict, section] = fields.map((field) => (field ? field.value : ""));
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const [row, text] of texts) {
    row.hidden =
      (verdict && row.dataset.verdict !== verdict) ||
      (section && row.dataset.section !== section) ||
      !wanted.every((word) => text.includes(word));
    found += !row.hidden;
  }
  document.getElementById("found").value = `${found} of ${rows.length}`;
}

for (const field of fields) field?.addEventListener("input", filter);
document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
for (const total of document.querySelectorAll("[data-show]")) {
  total.addEventListener("click", () => {
    for (const field of fields) if (field) field.value = "";
    document.getElementById("verdict").value = total.dataset.show;
    filter();
  });
}

const inOrder = new Intl.Collator("en", { numeric: true }).compare;
const heads = [...table.tHead.rows[0].cells];
heads.forEach((head, column) => {
  head.querySelector("button").addEventListener("click", () => {
    const sign = head.ariaSort === "ascending" ? -1 : 1;
    const key = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent;
    const compare = (a, b) =>
      a.cells[column].dataset.key ? key(a) - key(b) : inOrder(key(a), key(b));
    table.tBodies[0].append(...rows.toSorted((a, b) => sign * compare(a, b)));
    for (const other of heads) other.ariaSort = "none";
    head.ariaSort = sign > 0 ? "ascending" : "descending";
  });
});

const graph = document.querySelector("svg.graph");
if (graph) {
  const nodes = [...graph.querySelectorAll(".node")];
  const edges = [...graph.querySelectorAll(".edges path")];
  const panel = document.querySelector(".focus");

  function reached(start, from, to) {
    const kin = new Set([start]);
    for (const id of kin) {
      for (const edge of edges) if (edge.dataset[from] === id) kin.add(edge.dataset[to]);
    }
    return kin;
  }

  function focus(node) {
    const id = node?.dataset.id;
    const below = reached(id, "to", "from");
    const above = reached(id, "from", "to");
    graph.classList.toggle("focused", Boolean(node));
    for (const other of nodes) {
      other.classList.toggle("kin", below.has(other.dataset.id) || above.has(other.dataset.id));
      other.classList.toggle("chosen", other === node);
      other.setAttribute("aria-current", other === node);
    }
    for (const { dataset, classList } of edges) {
      const within = (kin) => kin.has(dataset.from) && kin.has(dataset.to);
      classList.toggle("kin", within(below) || within(above));
    }
    panel.hidden = !node;
    panel.replaceChildren();
    if (node) panel.append(...described(id, below.size - 1, above.size - 1));
  }

  function described(id, below, above) {
    const row = rows.find((row) => row.querySelector("th.claim").textContent === id);
    const close = Object.assign(document.createElement("button"), { textContent: "Show all" });
    close.addEventListener("click", () => focus(null));
    const link = document.createElement(row ? "a" : "b");
    link.textContent = id;
    if (row) link.href = `#claim-${id}`;
    const words = document.createElement("p");
    if (row) words.append(row.querySelector(".badge").cloneNode(true), " ");
    words.append(`rests on ${below}, and ${above} rest on it. `);
    const statement = row?.querySelector(".statement");
    if (statement) words.append(...statement.cloneNode(true).childNodes);
    return [close, link, words];
  }

  for (const node of nodes) {
    node.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      focus(node.classList.contains("chosen") ? null : node);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") focus(null);
  });
}

// what is wider than the screen is scrolled by keyboard, too
const wide = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const formula of document.querySelectorAll(".formula")) wide.observe(formula);

// a link into a folded derivation unfolds it
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target?.closest("details");
  if (folded && !folded.open) {
    folded.open = true;
    target.scrollIntoView();
  }
}
addEventListener("hashchange", unfold);
unfold();
