import type { Card, ModelFile, Port } from "../export-page/card.ts";
import { formatBytes } from "../export-page/html.ts";
import type { LatentSpec } from "../export-page/latents.ts";

/** The licence field before somebody fills it. */
export const noLicence = "none given";

/** README.md of an export: what card.json says, for people, with code to copy. */
export function cardMarkdown(card: Card): string {
  const { model, data, training, example, licence } = card;
  const hint =
    licence === noLicence
      ? " (write here and into card.json under which licence others may use this model)"
      : "";
  const sections = [
    `# ${model.name} on ${data.name}

${model.title} (${model.family}, ${model.paper}), trained with Imago ${card.imago} for ${training.steps} steps with batches of ${training.batch}
(seed ${training.seed}${training.ema === undefined ? "" : `; the weights are averages with decay ${training.ema}`}).

- Data: ${data.name}, ${data.length} examples of [${data.shape.join(", ")}]${data.classes === undefined ? "" : `, ${data.classes} classes`}; fingerprint \`${data.fingerprint}\`
- Settings: \`${JSON.stringify(card.options)}\`
- Licence: ${licence}${hint}`,
    filesSection(card.files),
  ];
  if (card.latent) sections.push(latentSection(card), javascriptSection(card), pythonSection(card));
  sections.push(pageSection(card));
  if (example.kind === "image")
    sections.push(`## Pixels

Pictures go in and out as float32 [N, ${example.shape.join(", ")}]: channels first, from −1 (black) to 1 (white). A byte is (pixel + 1) · 127.5.`);
  return `${sections.join("\n\n")}\n`;
}

function filesSection(files: readonly ModelFile[]): string {
  const port = ({ name, type, shape, meaning }: Port): string =>
    `\`${name}\` ${type} [${shape.join(", ")}]: ${meaning}`;
  const rows = files.map(
    ({ file, does, inputs, outputs, bytes }) =>
      `| \`${file}\` | ${does} | ${inputs.map(port).join("<br>")} | ${outputs.map(port).join("<br>")} | ${formatBytes(bytes)} |`,
  );
  return `## Files

N is the number of examples, free to choose.

| file | what it does | in | out | size |
| --- | --- | --- | --- | --- |
${rows.join("\n")}`;
}

function latentSection({ latent }: Card): string {
  const { distribution, scale, shift, shape } = latent!;
  const law =
    distribution === "normal"
      ? `independent normal numbers with mean ${shift} and standard deviation ${scale}`
      : `independent uniform numbers between ${shift} and ${shift + scale}`;
  return `## Latent vectors

\`z\` has the shape [N, ${shape.join(", ")}]: ${law}. Any source of such numbers will do. For the very pictures of \`imago sample --seed s\`, take
\`seededLatents\` of \`imago/latents.js\`, as in the page below: \`generator.sample(s, first, count)\`.`;
}

/** shift + scale · u in code, without a 0 and a 1 that say nothing. */
function placed({ scale, shift }: LatentSpec, u: string): string {
  const scaled = scale === 1 ? u : `${scale} * ${u}`;
  return shift === 0 ? scaled : `${shift} + ${scaled}`;
}

function javascriptSection({ latent, example }: Card): string {
  const size = latent!.shape.reduce((a, b) => a * b, 1);
  const draw =
    latent!.distribution === "normal"
      ? `const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const numbers = Float32Array.from({ length: n * ${size} }, () => ${placed(latent!, "normal()")});`
      : `const numbers = Float32Array.from({ length: n * ${size} }, () => ${placed(latent!, "Math.random()")});`;
  return `## JavaScript

With \`npm install onnxruntime-web\` in a page, or \`onnxruntime-node\` in Node (the same code, another import):

\`\`\`js
import * as ort from "onnxruntime-web";

const session = await ort.InferenceSession.create("generator.onnx");
const n = 4;
${draw}
const z = new ort.Tensor("float32", numbers, [n, ${latent!.shape.join(", ")}]);
const { x } = await session.run({ z }); // x.data: Float32Array of [n, ${example.shape.join(", ")}]
\`\`\``;
}

function pythonSection({ latent, example }: Card): string {
  const shape = `(4, ${latent!.shape.join(", ")})`;
  const draw =
    latent!.distribution === "normal"
      ? placed(latent!, `rng.standard_normal(${shape})`)
      : placed(latent!, `rng.random(${shape})`);
  const picture =
    example.kind === "image"
      ? `
pixels = ((x + 1) * 127.5).round().clip(0, 255).astype(np.uint8)  # to look at`
      : "";
  return `## Python

With \`pip install onnxruntime numpy\`:

\`\`\`python
import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("generator.onnx")
rng = np.random.default_rng(0)
z = np.float32(${draw})
(x,) = session.run(["x"], {"z": z})  # [4, ${example.shape.join(", ")}]${picture}
\`\`\``;
}

function pageSection({ example }: Card): string {
  return `## The page

\`index.html\` samples in the browser, from the files of this folder and nothing else. It needs a web server, any will do: \`npx serve\`, \`python3 -m http.server\`,
or wherever you put your pages. In a page of your own, beside this folder named \`export\`:

\`\`\`html
<script type="module">
  import { loadGenerator } from "./export/imago/generator.js";

  const generator = await loadGenerator("./export/");
  const { data, shape } = await generator.sample(7, 0, 16); // seed, first, count: [16, ${example.shape.join(", ")}]
</script>
\`\`\`

\`imago/\` (Imago, MIT) and \`onnxruntime/\` (ONNX Runtime Web, MIT) come with their licences.`;
}
