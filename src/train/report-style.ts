/** The look of report.html, light or dark as the reader's system is. */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1d21; --soft: #5b6470; --line: #e3e6ea; --card: #f6f7f9;
  --c0: #2563c9; --c1: #d9731a; --c2: #16855b; --c3: #8a4fd3; --c4: #c9304f; --c5: #6b7684; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171b; --ink: #e8eaed; --soft: #9aa4b0; --line: #2b3138; --card: #1b1f24;
    --c0: #6ea8fe; --c1: #f5a35c; --c2: #4cc38a; --c3: #b894f6; --c4: #f4768e; --c5: #9aa4b0; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 32px 24px 64px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { margin: 0; font-size: 26px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { margin: 36px 0 12px; font-size: 17px; }
p { margin: 6px 0 0; color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: 12px; margin: 24px 0 0; padding: 0; list-style: none; }
.facts li { flex: 1 1 130px; padding: 12px 16px; border-radius: 10px; background: var(--card); color: var(--soft); font-size: 13px; }
.facts b { display: block; color: var(--ink); font-size: 19px; font-weight: 600; font-variant-numeric: tabular-nums; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 24px; align-items: start; }
figure { margin: 0; min-width: 0; padding: 16px; border: 1px solid var(--line); border-radius: 10px; }
figcaption { display: flex; flex-wrap: wrap; gap: 2px 16px; align-items: baseline; margin-bottom: 10px; font-size: 13px; color: var(--soft); }
figcaption b { color: var(--ink); font-size: 15px; font-weight: 600; }
figcaption i { display: inline-block; width: 16px; height: 3px; margin-right: 6px; border-radius: 2px; vertical-align: middle; }
.sheet img { display: block; width: 100%; max-width: 640px; margin: 0 auto; image-rendering: pixelated; border-radius: 4px; }
.points img { max-width: 480px; image-rendering: auto; }
.slider { display: flex; gap: 12px; align-items: center; margin-top: 12px; font-variant-numeric: tabular-nums; }
.slider input { flex: 1; accent-color: var(--c0); }
.slider output { min-width: 6.5em; text-align: right; color: var(--soft); font-size: 13px; }
button { padding: 4px 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: inherit; font: inherit; cursor: pointer; }
.chart { position: relative; }
.chart svg { display: block; width: 100%; height: auto; overflow: visible; }
.chart text { fill: var(--soft); font-size: 14px; }
.chart .grid { stroke: var(--line); fill: none; }
.chart .cursor { stroke: var(--soft); stroke-dasharray: 3 3; fill: none; }
.chart .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.chart > output { position: absolute; top: 48px; display: none; padding: 6px 10px; border: 1px solid var(--line); border-radius: 6px;
  background: var(--paper); font-size: 12px; white-space: pre; pointer-events: none; font-variant-numeric: tabular-nums; }
${[0, 1, 2, 3, 4, 5].map((i) => `path.series-${i} { stroke: var(--c${i}); } i.series-${i} { background: var(--c${i}); }`).join("\n")}
.tables { columns: 2 400px; column-gap: 32px; }
.tables div { break-inside: avoid; padding-bottom: 24px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
caption { padding: 0 0 6px; text-align: left; font-weight: 600; }
td { padding: 5px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td:first-child { width: 42%; padding-right: 12px; color: var(--soft); }
td:last-child { font-variant-numeric: tabular-nums; }
.scores { overflow-x: auto; margin-bottom: 24px; }
.scores th { padding: 5px 12px 5px 0; text-align: left; font-weight: 600; }
.scores td:first-child { width: auto; }
.scores td { padding-right: 12px; }
.scores td:last-child { color: var(--soft); font-size: 12px; }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, monospace; }
pre { overflow-x: auto; margin: 0; padding: 12px 16px; border-radius: 10px; background: var(--card); }
`;

/** Moves the slider's pictures and shows the values under the pointer. */
export const script = `
for (const sheet of document.querySelectorAll(".sheet")) {
  const frames = JSON.parse(sheet.querySelector("script").textContent);
  const [img, range, out, play] = ["img", "input", "output", "button"].map((name) => sheet.querySelector(name));
  if (!range) continue;
  const show = () => {
    const frame = frames[Number(range.value)];
    img.src = frame.image;
    out.textContent = "step " + frame.step.toLocaleString("en");
  };
  let timer;
  const stop = () => { clearInterval(timer); timer = undefined; play.textContent = "Play"; };
  range.addEventListener("input", () => { stop(); show(); });
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (Number(range.value) === frames.length - 1) range.value = "0";
    play.textContent = "Stop";
    show();
    timer = setInterval(() => {
      range.value = String(Number(range.value) + 1);
      show();
      if (Number(range.value) === frames.length - 1) stop();
    }, 400);
  });
}
for (const chart of document.querySelectorAll(".chart")) {
  const [svg, out, cursor] = [chart.querySelector("svg"), chart.querySelector("output"), chart.querySelector(".cursor")];
  const { steps, series, box, first, last, width } = JSON.parse(svg.dataset.chart);
  const hide = () => { out.style.display = "none"; cursor.setAttribute("d", ""); };
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("pointermove", (event) => {
    const area = svg.getBoundingClientRect();
    const at = ((event.clientX - area.left) / area.width) * width;
    const step = first + ((at - box.left) / (box.right - box.left)) * (last - first);
    let nearest = 0;
    for (let i = 1; i < steps.length; i++) if (Math.abs(steps[i] - step) < Math.abs(steps[nearest] - step)) nearest = i;
    if (steps.length === 0) return hide();
    const x = box.left + ((steps[nearest] - first) / (last - first)) * (box.right - box.left);
    cursor.setAttribute("d", "M" + x + " " + box.top + "V" + box.bottom);
    const rows = series.map((s) => s.name + "  " + (s.values[nearest] ?? "–"));
    out.textContent = ["step " + steps[nearest].toLocaleString("en"), ...rows].join("\\n");
    out.style.display = "block";
    const left = (x / width) * area.width + 24;
    out.style.left = (left + out.offsetWidth > area.width ? left - out.offsetWidth - 16 : left) + "px";
  });
}
`;
