// @ts-check
import { hostEngine } from "../../dist/runtime/host-engine.browser.js";

hostEngine();
