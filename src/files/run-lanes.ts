/**
 * Runs a lane several times side by side. When one fails, `stop` is called, the others are awaited,
 * and the first failure is thrown: not the ones it brought about.
 */
export async function runLanes(
  lane: () => Promise<void>,
  count: number,
  stop: () => void,
): Promise<void> {
  const failures: unknown[] = [];
  const guarded = async (): Promise<void> => {
    try {
      await lane();
    } catch (error) {
      failures.push(error);
      stop();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, count) }, guarded));
  if (failures.length > 0) throw failures[0];
}
