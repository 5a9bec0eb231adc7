/** The page of an export: samples, a walk between two of them, a picture to keep. */
import { element, latest, report } from "./dom.ts";
import { type Generator, loadGenerator } from "./generator.ts";
import { createPictures } from "./show-pictures.ts";
import { createScatter } from "./show-points.ts";

function whole(input: HTMLInputElement): number {
  const [low, high] = [Number(input.min), Number(input.max)];
  const value = Math.min(high, Math.max(low, Math.round(Number(input.value) || 0)));
  input.value = String(value);
  return value;
}

function start(generator: Generator): void {
  const view =
    generator.card.example.kind === "points" ? createScatter(generator) : createPictures(generator);
  const [seed, count] = [element<HTMLInputElement>("seed"), element<HTMLInputElement>("count")];
  const status = element("status");
  const show = latest(async () => {
    const [s, n] = [whole(seed), whole(count)];
    const began = performance.now();
    await view.show(s, n);
    const things = generator.card.example.kind === "points" ? "points" : "pictures";
    status.textContent = `${n} ${things} of seed ${s}, made in ${Math.round(performance.now() - began)} ms.`;
    status.className = "";
    document.body.dataset["shown"] = `${s} ${n}`;
  });
  element<HTMLFormElement>("controls").addEventListener("submit", (event) => {
    event.preventDefault();
    // Enter in a field shows what the field says; the button draws a new seed.
    if (document.activeElement !== seed && document.activeElement !== count)
      seed.value = String(crypto.getRandomValues(new Uint32Array(1))[0]! % 1_000_000);
    show();
  });
  for (const input of [seed, count]) input.addEventListener("change", show);
  const download = element<HTMLButtonElement>("download");
  download.addEventListener("click", () => {
    view.sheet().toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob!);
      link.download = `${generator.card.name}-seed-${seed.value}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  });
  download.disabled = element<HTMLButtonElement>("new").disabled = false;
  show();
}

element("offline").remove();
loadGenerator().then(start).catch(report);
