/** Time, and the wish to stop, from the edge of the program. */
export interface EdgeTools {
  sleep(ms: number): Promise<void>;
  readonly signal?: AbortSignal | undefined;
}
