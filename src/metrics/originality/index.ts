export * from "./birthday.ts";
export * from "./data-copying.ts";
export * from "./likelihood-gap.ts";
export { type MannWhitney, mannWhitney } from "./mann-whitney.ts";
export * from "./originality.ts";
