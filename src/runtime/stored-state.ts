import type { Pack } from "../onnx/index.ts";
import type { Shape } from "../tensor/index.ts";
import type { Engine } from "./engine.ts";
import type { Value } from "./value.ts";

/** Variables on the engine as they are stored: each for itself, or as a part of a pack. Calls are not to overlap. */
export interface StoredState {
  /** The value of a variable, which has this shape. */
  read(name: string, shape: Shape): Promise<Value>;
  /** The value is given away, if it is `own` to the call. */
  write(name: string, value: Value, own?: boolean): Promise<void>;
  /** Puts variables into a pack; `current` gives their values, and is asked before the first one moves. */
  addPack(pack: Pack, current: (name: string) => Promise<Value>): Promise<void>;
  packs(): readonly Pack[];
  /** The name of the pack that a variable is in. */
  packOf(name: string): string | undefined;
}

type Place = { readonly pack: Pack; readonly start: number; readonly size: number };

export function createStoredState(engine: () => Promise<Engine>): StoredState {
  const packs: Pack[] = [];
  const places = new Map<string, Place>();
  return {
    async read(name, shape) {
      const place = places.get(name);
      const { data } = await (await engine()).read(place?.pack.name ?? name);
      return { data: place ? data.slice(place.start, place.start + place.size) : data, shape };
    },
    async write(name, value, own) {
      const place = places.get(name);
      const { read, write } = await engine();
      if (!place) return write(name, value, own);
      const { data, shape } = await read(place.pack.name);
      (data as Float32Array).set(value.data as Float32Array, place.start);
      return write(place.pack.name, { data, shape }, true);
    },
    async addPack(pack, current) {
      const values = await Promise.all(pack.members.map(({ variable }) => current(variable)));
      const length = pack.members.reduce((sum, { size }) => sum + size, 0);
      const data = new Float32Array(length);
      let start = 0;
      pack.members.forEach(({ variable, size }, i) => {
        data.set(values[i]!.data as Float32Array, start);
        places.set(variable, { pack, start, size });
        start += size;
      });
      packs.push(pack);
      await (await engine()).write(pack.name, { data, shape: [length] }, true);
    },
    packs: () => packs,
    packOf: (name) => places.get(name)?.pack.name,
  };
}
