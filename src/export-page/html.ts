import type { Card } from "./card.ts";

const escapes: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (c) => escapes[c]!);

export const formatBytes = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Nothing may be fetched from anywhere but the folder itself. */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval' blob:",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
].join("; ");

/** `index.html` of an export. Everything that moves is in page.js. */
export function pageHtml(card: Card): string {
  const points = card.example.kind === "points";
  const things = points ? "points" : "pictures";
  const title = `${card.model.name} on ${card.data.name}`;
  const count = points ? { value: 1000, max: 20_000 } : { value: 24, max: 400 };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${css}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(card.model.title)}, trained for ${card.training.steps.toLocaleString("en")} steps. The ${things} are made here, in this page.</p>
</header>
<main>
<p id="offline" role="note">This page must come from a web server: browsers do not let a file opened from the disk load its model.
In this folder run <code>npx serve</code> or <code>python3 -m http.server</code>, and open the address that it prints.</p>
<section aria-labelledby="samples-title">
<h2 id="samples-title">Samples</h2>
<form id="controls">
<button type="submit" id="new" class="main" disabled>New samples</button>
<label>Seed <input id="seed" type="number" min="0" max="4294967295" step="1" value="0" inputmode="numeric"></label>
<label>Number <input id="count" type="number" min="1" max="${count.max}" step="1" value="${count.value}" inputmode="numeric"></label>
<button type="button" id="download" disabled>Download PNG</button>
</form>
<p id="status" role="status" aria-live="polite">Loading the model …</p>
${points ? `<canvas id="scatter" width="960" height="960" role="img" aria-label="Scatter of the generated points"></canvas>` : `<ul id="pictures"></ul>`}
</section>
${points || card.sampler?.gives === "examples" ? "" : walkHtml}
<section aria-labelledby="about-title">
<h2 id="about-title">About</h2>
<dl>${facts(card)
    .map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`)
    .join("")}</dl>
<p>How to use these files in a page or a program of your own: <a href="README.md">README.md</a>; all facts: <a href="card.json">card.json</a>.</p>
</section>
</main>
<script type="module" src="page.js"></script>
</body>
</html>
`;
}

const walkHtml = `<section aria-labelledby="walk-title" id="walk">
<h2 id="walk-title">From one to another</h2>
<p class="hint">Choose two pictures above. The slider walks between their latent vectors.</p>
<div class="walk">
<figure><canvas id="from"></canvas><figcaption id="from-name"></figcaption></figure>
<figure class="between"><canvas id="between" role="img" aria-label="The picture between the two"></canvas><figcaption id="between-name"></figcaption></figure>
<figure><canvas id="to"></canvas><figcaption id="to-name"></figcaption></figure>
</div>
<label class="slider">Place between the two <input id="place" type="range" min="0" max="1" step="0.01" value="0.5" disabled></label>
<label class="check"><input id="straight" type="checkbox"> along the straight line, not the great circle</label>
</section>`;

function facts({ model, data, example, training, licence, files }: Card): [string, string][] {
  const [channels, height, width] = example.shape;
  const one =
    example.kind === "image"
      ? `${width} × ${height} pixels, ${channels === 1 ? "grey" : "colour"}`
      : `${example.shape.join(" × ")} numbers`;
  const size = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    ["Model", `${model.title} (${model.paper})`],
    ["Data", `${data.name}, ${data.length.toLocaleString("en")} examples of ${one}`],
    ["Training", `${training.steps.toLocaleString("en")} steps with batches of ${training.batch}`],
    ["Size", `${formatBytes(size)} of ONNX`],
    ["Licence", licence],
  ];
}

const css = `
:root { --ground: #fbfaf8; --raised: #fff; --ink: #1d1c1a; --quiet: #68645d; --line: #dedad3; --accent: #2f5fd0; --on-accent: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #161618; --raised: #202023; --ink: #ecebe8; --quiet: #a5a29c; --line: #37363a; --accent: #8fb0ff; --on-accent: #10131c; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.02em; }
h2 { margin: 0 0 0.75rem; font-size: 1.15rem; }
header p, .hint, #status, figcaption { color: var(--quiet); }
header p { margin: 0.4rem 0 0; }
section { margin-top: 2.25rem; }
#controls { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: end; }
label { font-size: 0.85rem; color: var(--quiet); }
#controls label { display: grid; gap: 0.2rem; }
input[type="number"] { width: 8rem; }
#count { width: 6rem; }
button, input[type="number"] { min-height: 2.5rem; padding: 0 0.9rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--raised); color: var(--ink); font: inherit; font-variant-numeric: tabular-nums; }
button { cursor: pointer; }
button:hover:not(:disabled) { border-color: var(--accent); }
button:disabled { opacity: 0.55; cursor: default; }
button.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#status { min-height: 1.5em; margin: 0.75rem 0; font-size: 0.9rem; }
#status.wrong { color: #c02a1e; }
@media (prefers-color-scheme: dark) { #status.wrong { color: #ff9b8f; } }
#offline { padding: 0.9rem 1.1rem; border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: 0.5rem; background: var(--raised); animation: appear 0s 2.5s both; }
@keyframes appear { from { visibility: hidden; } to { visibility: visible; } }
code { font: 0.9em ui-monospace, monospace; }
#pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(var(--cell, 5.5rem), 1fr)); gap: 0.5rem; margin: 0; padding: 0; list-style: none; }
#pictures button { display: block; width: 100%; min-height: 0; padding: 3px; line-height: 0; }
#pictures button[aria-pressed="true"] { border-color: var(--accent); box-shadow: 0 0 0 2px var(--accent); }
canvas { width: 100%; height: auto; border-radius: 0.3rem; image-rendering: pixelated; }
#scatter { display: block; max-width: 34rem; border: 1px solid var(--line); background: var(--raised); image-rendering: auto; }
.walk { display: grid; grid-template-columns: 1fr 1.8fr 1fr; gap: 1.25rem; align-items: center; max-width: 36rem; }
figure { margin: 0; line-height: 0; }
figcaption { margin-top: 0.4rem; font-size: 0.85rem; line-height: 1.4; text-align: center; }
.slider { display: grid; max-width: 36rem; margin: 1rem 0 0.5rem; }
input[type="range"] { width: 100%; height: 2rem; margin: 0; accent-color: var(--accent); }
input[type="checkbox"] { accent-color: var(--accent); }
dl { display: grid; gap: 0.35rem; margin: 0; }
dl div { display: grid; grid-template-columns: 7rem 1fr; gap: 1rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
`;
