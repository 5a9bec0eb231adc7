export * from "./hmc.ts";
