/** Array buffers whose memory is given back before the garbage collector comes by. */
import { MessageChannel } from "node:worker_threads";

/**
 * A function that empties an array buffer and frees its memory at once: what is moved into a message that has no receiver goes
 * with the message. In the turn of the event loop in which it is made it only empties, and frees later.
 * (`ArrayBuffer.prototype.transfer` does the same, from Node 22 on.)
 */
export function bufferRelease(): (buffer: ArrayBuffer) => void {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return (buffer) => port1.postMessage(undefined, [buffer]);
}
