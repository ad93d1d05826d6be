/**
 * Who listens must not change what happens: what a listener throws, or a promise of its that fails, ends
 * here. The first of them is told by a warning of the process, the others are not.
 */
export function safeListener<Told extends unknown[]>(
  name: string,
  listener: (...told: Told) => unknown,
): (...told: Told) => void {
  let hasFailed = false;
  const failed = (error: unknown): void => {
    if (hasFailed) return;
    hasFailed = true;
    process.emitWarning(`${name} failed, and what it was told went on: ${reasonOf(error)}`, {
      type: "StorageListenerWarning",
    });
  };
  return (...told) => {
    try {
      const answer = listener(...told);
      if (isThenable(answer)) Promise.resolve(answer).catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}

/** Anything may be thrown, also what has no text. */
function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "for no reason that has a text";
  }
}
