/** All models that come with the package: a new one is a line here. */
import { UserError } from "../tensor/index.ts";
import { dcgan } from "./adversarial/dcgan.ts";
import { gan } from "./adversarial/gan.ts";
import { autoencoder } from "./autoencoding/autoencoder.ts";
import { cvae } from "./autoencoding/cvae.ts";
import { iwae } from "./autoencoding/iwae.ts";
import { sae } from "./autoencoding/sae.ts";
import { vae } from "./autoencoding/vae.ts";
import { fvbn } from "./autoregressive/fvbn.ts";
import { gatedPixelcnn } from "./autoregressive/gated-pixelcnn.ts";
import { made } from "./autoregressive/made.ts";
import { multiscalePixelrnn } from "./autoregressive/multiscale-pixelrnn.ts";
import { nade } from "./autoregressive/nade.ts";
import { pixelcnn } from "./autoregressive/pixelcnn.ts";
import { pixelcnnpp } from "./autoregressive/pixelcnnpp.ts";
import { pixelrnn } from "./autoregressive/pixelrnn.ts";
import { gmm } from "./classical/gmm.ts";
import { histogram } from "./classical/histogram.ts";
import { kde } from "./classical/kde.ts";
import { kmeans } from "./classical/kmeans.ts";
import { pca } from "./classical/pca.ts";
import { pcakde } from "./classical/pcakde.ts";
import { closest } from "./closest.ts";
import { classifier } from "./discriminative/classifier.ts";
import { boltzmann } from "./energy/boltzmann.ts";
import { dbm } from "./energy/dbm.ts";
import { dbn } from "./energy/dbn.ts";
import { gsn } from "./energy/gsn.ts";
import { rbm } from "./energy/rbm.ts";
import { glow } from "./flow/glow.ts";
import { maf } from "./flow/maf.ts";
import { nice } from "./flow/nice.ts";
import { realnvp } from "./flow/realnvp.ts";
import type { ModelDefinition } from "./model.ts";

export const models: readonly ModelDefinition[] = [
  fvbn,
  nade,
  made,
  pixelrnn,
  multiscalePixelrnn,
  pixelcnn,
  gatedPixelcnn,
  pixelcnnpp,
  nice,
  realnvp,
  maf,
  glow,
  autoencoder,
  sae,
  vae,
  iwae,
  cvae,
  gan,
  dcgan,
  classifier,
  rbm,
  dbn,
  dbm,
  boltzmann,
  gsn,
  pca,
  kmeans,
  histogram,
  kde,
  gmm,
  pcakde,
];

/** The model of that name. Throws (UserError) where there is none, with the names that resemble it. */
export function findModel(name: string): ModelDefinition {
  const found = models.find((model) => model.name === name);
  if (found) return found;
  const names = models.map((model) => model.name);
  const near = closest(name, names);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `there are ${names.join(", ")}.`;
  throw new UserError(`model "${name}" does not exist; ${hint}`);
}
