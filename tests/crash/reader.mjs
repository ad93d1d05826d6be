// @ts-check
// Opens an engine and says on stdout what is in it, with the digests of all bytes, or why it does not open.
// node reader.mjs DIST-DIRECTORY DATA-DIRECTORY
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [dist = "", directory = ""] = process.argv.slice(2);
const { openEngine } = await import(pathToFileURL(join(dist, "engine", "open-engine.js")).href);

try {
  const engine = await openEngine({ directory });
  const objects = [];
  for (const { name } of engine.listBuckets()) {
    const { entries, truncated } = engine.listVersions({ bucket: name, limit: 1_000_000 });
    for (const entry of entries) {
      const hash = createHash("sha256");
      for await (const chunk of engine.read(entry)) hash.update(chunk);
      objects.push(
        [name, entry.key, entry.versionId, entry.etag, truncated, hash.digest("hex")].join(" "),
      );
      if (entry.isLatest === true && engine.getObject(name, entry.key) === undefined) {
        throw new Error(`${entry.key} is listed and not there.`);
      }
    }
  }
  const files = readdirSync(join(directory, "blobs"), { recursive: true }).filter((name) =>
    /[0-9a-f]{32}$/.test(String(name)),
  ).length;
  console.log(JSON.stringify({ objects, files }));
  await engine.close();
} catch (error) {
  const { code, message } = /** @type {{ code?: string, message?: string }} */ (error);
  console.log(JSON.stringify({ code: code ?? message, message }));
}
