/** The methods of WebGPU's device and buffer that are watched; TypeScript's DOM library does not have them yet. */
interface Buffer {
  destroy(): void;
  mapAsync(...args: unknown[]): Promise<void>;
}
interface DevicePrototype {
  createBuffer(descriptor: unknown): Buffer;
}

/** Counts GPU buffers that were made and not destroyed, and readbacks, from now on. */
export function countBuffers(): { live(): number; readbacks(): number } {
  const { GPUDevice } = globalThis as unknown as { GPUDevice?: { prototype: DevicePrototype } };
  const live = new WeakSet<Buffer>();
  let count = 0;
  let readbacks = 0;
  if (!GPUDevice) return { live: () => count, readbacks: () => readbacks };
  const create = GPUDevice.prototype.createBuffer;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = create.call(this, descriptor);
    const { destroy, mapAsync } = buffer;
    live.add(buffer);
    count++;
    buffer.destroy = () => {
      if (live.delete(buffer)) count--;
      destroy.call(buffer);
    };
    buffer.mapAsync = (...args) => {
      readbacks++;
      return mapAsync.apply(buffer, args);
    };
    return buffer;
  };
  return { live: () => count, readbacks: () => readbacks };
}
