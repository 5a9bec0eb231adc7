import type { Engine } from "./engine.ts";
import type { Answer, Reply, Request } from "./messages.ts";

/** Carries out one request that came as a message, on the thread that owns the engine. */
export async function serve(ticket: number, answer: () => Promise<Answer>): Promise<Reply> {
  try {
    return { ticket, ok: true, result: await answer() };
  } catch (error) {
    return { ticket, ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

/** The engine's answer to a request. */
export async function answer(request: Request, engine: Engine): Promise<Answer> {
  switch (request.kind) {
    case "load":
      await engine.load(request.id, request.model, request.binding, request.settings);
      return undefined;
    case "run":
      return engine.run(request.id, request.feeds, request.wanted);
    case "write":
      await engine.write(request.variable, request.value, true);
      return undefined;
    case "read":
      return engine.read(request.variable);
    case "unload":
      await engine.unload(request.id);
      return undefined;
    case "busy":
      return engine.busy();
    case "copiesState":
      return engine.copiesState();
    case "stats":
      return engine.stats();
    case "close":
      await engine.close();
      return undefined;
  }
}
