import { hostEngine } from "../../../src/runtime/host-engine.browser.ts";

hostEngine();
