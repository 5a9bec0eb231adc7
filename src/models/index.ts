export { dcgan } from "./adversarial/dcgan.ts";
export { gan } from "./adversarial/gan.ts";
export { autoencoder } from "./autoencoding/autoencoder.ts";
export { vae } from "./autoencoding/vae.ts";
export * from "./model.ts";
export { resolveOptions, resolveTraining } from "./options.ts";
export { findModel, models } from "./registry.ts";
