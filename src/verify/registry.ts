/** What each model must show: a new model's claims are a line here. Loaded when they are asked for. */
import type { ModelClaims } from "./claim.ts";

export const claimFiles: { readonly [model: string]: () => Promise<{ readonly claims: ModelClaims }> } = {
  autoencoder: () => import("./claims/autoencoder.ts"),
  boltzmann: () => import("./claims/boltzmann.ts"),
  dbm: () => import("./claims/dbm.ts"),
  dbn: () => import("./claims/dbn.ts"),
  glow: () => import("./claims/glow.ts"),
  maf: () => import("./claims/maf.ts"),
  "multiscale-pixelrnn": () => import("./claims/multiscale-pixelrnn.ts"),
  nice: () => import("./claims/nice.ts"),
  pixelrnn: () => import("./claims/pixelrnn.ts"),
  "mcmc-vi": () => import("./claims/mcmc-vi.ts"),
  rbm: () => import("./claims/rbm.ts"),
  realnvp: () => import("./claims/realnvp.ts"),
  sae: () => import("./claims/sae.ts"),
  "fast-pixelcnn": () => import("./claims/fast-pixelcnn.ts"),
  "gated-pixelcnn": () => import("./claims/gated-pixelcnn.ts"),
  pixelcnn: () => import("./claims/pixelcnn.ts"),
  pixelcnnpp: () => import("./claims/pixelcnnpp.ts"),
  fvbn: () => import("./claims/fvbn.ts"),
  made: () => import("./claims/made.ts"),
  nade: () => import("./claims/nade.ts"),
  cvae: () => import("./claims/cvae.ts"),
  iwae: () => import("./claims/iwae.ts"),
  vae: () => import("./claims/vae.ts"),
  gsn: () => import("./claims/gsn.ts"),
};
