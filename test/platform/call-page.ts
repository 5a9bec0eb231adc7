import type { Page } from "playwright-core";
import type { PageFunctions } from "./page/page.ts";

type Result<K extends keyof PageFunctions> = Awaited<ReturnType<PageFunctions[K]>>;

/** Calls a function of page.ts in the page. */
export function callPage<K extends keyof PageFunctions>(
  page: Page,
  name: K,
  ...args: Parameters<PageFunctions[K]>
): Promise<Result<K>> {
  return page.evaluate(
    ([fn, list]) => {
      const { imago } = globalThis as unknown as { imago: Record<string, (...a: unknown[]) => unknown> };
      return imago[fn as string]!(...(list as unknown[]));
    },
    [name, args] as const,
  ) as Promise<Result<K>>;
}
