/** What each model must show: a new model's claims are a line here. Loaded when they are asked for. */
import type { ModelClaims } from "./claim.ts";

export const claimFiles: { readonly [model: string]: () => Promise<{ readonly claims: ModelClaims }> } = {
  glow: () => import("./claims/glow.ts"),
  maf: () => import("./claims/maf.ts"),
  nice: () => import("./claims/nice.ts"),
  realnvp: () => import("./claims/realnvp.ts"),
  "fast-pixelcnn": () => import("./claims/fast-pixelcnn.ts"),
  "gated-pixelcnn": () => import("./claims/gated-pixelcnn.ts"),
  pixelcnn: () => import("./claims/pixelcnn.ts"),
  pixelcnnpp: () => import("./claims/pixelcnnpp.ts"),
};
