export * from "./coordinate-ascent.ts";
export * from "./gaussian-elbo.ts";
