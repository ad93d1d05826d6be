/**
 * Milliseconds of a clock that is never set back, from any moment on. As `performance.now()`, whose first use
 * makes Node 20 load modules for milliseconds, which a short command has not got.
 */
export function steadyNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1_000_000;
}
