/** ONNX Runtime's C API, out of the library that onnxruntime-node brings. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { LibraryHandle } from "koffi";
import { apiVersion, errorMessagePlace, places, releaseFunctions, statusFunctions } from "./api-functions.ts";
import type { Argument, OrtApi, Pointer, ReleaseFunction, StatusFunction } from "./ort-api.ts";

type Koffi = typeof import("koffi").default;
type Native = (...args: Argument[]) => unknown;

const libraryNames: { readonly [platform: string]: string } = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  win32: "onnxruntime.dll",
};

/** The file of ONNX Runtime's library: the very one that onnxruntime-node's sessions run in. */
export function libraryFile(): string {
  const { platform, arch } = process;
  const folder = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
  return join(folder, "bin", "napi-v6", platform, arch, libraryNames[platform] ?? "");
}

/** The API, or undefined where the library or koffi does not work here. */
export async function loadApi(): Promise<OrtApi | undefined> {
  try {
    const { default: koffi } = await import("koffi");
    return bindApi(koffi, libraryFile());
  } catch {
    return undefined; // no binary for this platform: sessions of onnxruntime-node do the same
  }
}

function bindApi(koffi: Koffi, file: string): OrtApi {
  const library = koffi.load(file);
  const table = functionTable(koffi, library);
  const bind = (place: number, returns: string, takes: readonly string[]): Native =>
    koffi.decode(table[place], koffi.proto(returns, [...takes]));
  const messageOf = bind(errorMessagePlace, "const char *", ["void *"]);
  const named = <T, U>(all: { readonly [name: string]: T }, of: (one: T) => U): { [name: string]: U } =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, of(one)]));
  const calls = named(statusFunctions, ([place, takes]) => bind(place, "void *", takes)) as {
    readonly [name in StatusFunction]: Native;
  };
  const frees = named(releaseFunctions, (place) => bind(place, "void", ["void *"])) as {
    readonly [name in ReleaseFunction]: Native;
  };
  const out = new BigUint64Array(1);

  const call = (name: StatusFunction, ...args: Argument[]): void => {
    const status = calls[name](...args) as Pointer | null;
    if (status === null) return;
    const message = messageOf(status) as string;
    frees.ReleaseStatus(status);
    throw new Error(message);
  };
  return {
    library,
    call,
    get(name, ...args) {
      out[0] = 0n;
      call(name, ...args, out);
      return out[0];
    },
    free: (name, what) => void frees[name](what),
    addressOf: (memory) => koffi.address(memory),
    memoryAt: (address, bytes) => koffi.view(address, bytes),
  };
}

/** The addresses of the functions. */
function functionTable(koffi: Koffi, library: LibraryHandle): BigUint64Array {
  const base = library.func("OrtGetApiBase", "void *", [])() as Pointer;
  const [getApi] = koffi.decode(base, koffi.array("uint64_t", 1)) as BigUint64Array;
  const api = koffi.call(getApi, koffi.proto("void *", ["uint32_t"]), apiVersion) as Pointer | null;
  if (api === null) throw new Error(`ONNX Runtime's library has no API of version ${apiVersion}.`);
  return koffi.decode(api, koffi.array("uint64_t", places)) as BigUint64Array;
}
