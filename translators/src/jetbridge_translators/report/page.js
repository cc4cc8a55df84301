"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const panels = tabs.map((tab) => document.getElementById(tab.getAttribute("aria-controls")));
  const filter = document.getElementById("filter");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const LEGIBLE = 11, HIGHEST = 900, LINE = 22, MARGIN = 70;
  let current = 0;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function layout(extra) {
    const axis = { gridcolor: colour("line"), zerolinecolor: colour("line"), linecolor: colour("line"), fixedrange: true };
    const { xaxis, yaxis, ...rest } = extra;
    return {
      barmode: "stack", bargap: 0.25, showlegend: false, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: "system-ui, sans-serif", size: 13, color: colour("ink") },
      hoverlabel: { bgcolor: colour("shade"), bordercolor: colour("line"), font: { color: colour("ink") } },
      margin: { l: 10, r: 20, t: 10, b: 45 },
      xaxis: { ...axis, automargin: true, ticksuffix: " s", rangemode: "tozero", ...xaxis },
      yaxis: { ...axis, automargin: true, showgrid: false, zeroline: false, ...yaxis },
      ...rest,
    };
  }

  const options = { displaylogo: false, displayModeBar: false, responsive: true };

  function drawTotals() {
    const names = data.groups.map((group) => group.name);
    const traces = data.phases.map((phase, number) => ({
      type: "bar", orientation: "h", name: phase, y: names, x: data.groups.map((group) => group.totals[number]),
      marker: { color: colour(`p${number}`) }, hovertemplate: `%{y}<br>${phase}: %{x:.2f} s<extra></extra>`,
    }));
    const shape = { height: MARGIN + 46 * names.length, yaxis: { autorange: "reversed", type: "category" } };
    Plotly.react("totals", traces, layout(shape), options);
  }

  function shown(group) {
    const wanted = filter.value.trim().toLowerCase();
    return wanted ? group.rows.filter((row) => row.name.toLowerCase().includes(wanted)) : group.rows;
  }

  function trace(phase, number, rows, step) {
    const spans = rows.flatMap((row, line) => row.spans.filter(([kind]) => kind === number).map((span) => [row, line, span]));
    const about = ([row, , [, begin, seconds]]) =>
      `${row.name} (${row.outcome})<br>${phase}: ${seconds.toFixed(2)} s, from ${begin.toFixed(2)} s`;
    const common = { name: phase, hovertemplate: "%{text}<extra></extra>" };
    if (step >= LEGIBLE) {
      return {
        ...common, type: "bar", orientation: "h", textposition: "none", text: spans.map(about),
        base: spans.map((each) => each[2][1]), x: spans.map((each) => each[2][2]), y: spans.map((each) => each[1]),
        marker: { color: colour(`p${number}`), line: { width: 0 } },
      };
    }
    // Many lines: one path for all spans of a phase, not a shape for each.
    const x = [], y = [], text = [];
    for (const each of spans) {
      const [, line, [, begin, seconds]] = each;
      x.push(begin, begin + seconds, null);
      y.push(line, line, null);
      text.push(about(each), about(each), "");
    }
    return { ...common, type: "scatter", mode: "lines", x, y, text, line: { color: colour(`p${number}`), width: Math.max(1, step) } };
  }

  function drawTimeline() {
    const group = data.groups[current], rows = shown(group);
    const height = Math.min(HIGHEST, Math.max(90, MARGIN + LINE * rows.length));
    const step = (height - MARGIN) / Math.max(1, rows.length), legible = step >= LEGIBLE;
    const lines = rows.map((row, line) => line);
    const short = (name) => (name.length > 40 ? `${name.slice(0, 18)}…${name.slice(-20)}` : name);
    Plotly.react(`plot${current}`, data.phases.map((phase, number) => trace(phase, number, rows, step)), layout({
      height, barmode: "overlay", bargap: legible ? 0.25 : 0, hovermode: "closest",
      xaxis: { range: [0, Math.max(group.seconds || 0, ...group.rows.flatMap((row) => row.spans.map((s) => s[1] + s[2])), 0.1)] },
      yaxis: {
        range: [rows.length - 0.5, -0.5], tickmode: "array",
        tickvals: legible ? lines : [], ticktext: legible ? rows.map((row) => short(row.name)) : [],
      },
    }), options);
    const count = rows.length === 1 ? "1 line" : `${rows.length} lines`;
    document.getElementById(`note${current}`).textContent =
      rows.length === group.rows.length && legible ? "" : `${count}${legible ? "" : "; names are shown where fewer are left"}`;
  }

  function filterTable() {
    const wanted = filter.value.trim().toLowerCase();
    panels[current].querySelectorAll(".nodes tbody tr").forEach((row) => {
      row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted.replace(/ #\d+$/, ""));
    });
  }

  function select(number) {
    tabs[current].setAttribute("aria-selected", "false");
    tabs[current].tabIndex = -1;
    panels[current].hidden = true;
    current = number;
    tabs[current].setAttribute("aria-selected", "true");
    tabs[current].tabIndex = 0;
    panels[current].hidden = false;
    drawTimeline();
    filterTable();
  }

  const steps = { ArrowRight: 1, ArrowLeft: -1 };
  tabs.forEach((tab, number) => {
    tab.addEventListener("click", () => select(number));
    tab.addEventListener("keydown", (event) => {
      const ends = { Home: 0, End: tabs.length - 1 };
      const next = event.key in steps ? (current + steps[event.key] + tabs.length) % tabs.length : ends[event.key];
      if (next === undefined) return;
      event.preventDefault();
      select(next);
      tabs[next].focus();
    });
  });
  let later = 0;
  filter.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(() => { drawTimeline(); filterTable(); }, 120);
  });
  dark.addEventListener("change", () => { drawTotals(); drawTimeline(); });
  if (tabs.length) { drawTotals(); drawTimeline(); }
})();
