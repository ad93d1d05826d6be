// @ts-check
import { argv, stdout } from "node:process";
import { pathToFileURL } from "node:url";
import { openStorage } from "sms-api-storage";

/**
 * Runs the example that this process was started with on the bucket of the settings (`STORAGE_...`, a `.env`
 * file), and prints what it finds. Nothing happens where the example is imported.
 *
 * @param {string} url of the example
 * @param {(args: string[], files: import("sms-api-storage").FileService) => Promise<unknown>} run
 */
export async function runExample(url, run) {
  if (argv[1] === undefined || pathToFileURL(argv[1]).href !== url) return;
  const files = await openStorage();
  try {
    stdout.write(`${JSON.stringify(await run(argv.slice(2), files))}\n`);
  } finally {
    await files.close();
  }
}
