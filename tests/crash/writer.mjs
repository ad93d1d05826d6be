// @ts-check
// Writes to an engine as hard as it can and says on stdout what it begins and what was acknowledged.
// Ends only by being killed, or with code 0 once the engine has refused a write.
// node writer.mjs DIST-DIRECTORY DATA-DIRECTORY ROUND
import { writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { contentOf, labelOf } from "./contents.mjs";

const [dist = "", directory = "", round = "0"] = process.argv.slice(2);
const { openEngine } = await import(pathToFileURL(join(dist, "engine", "open-engine.js")).href);
const engine = await openEngine({ directory });
const bucket = "crash";
const plain = { headers: {}, metadata: {}, encryption: { algorithm: "AES256" } };

if (engine.getBucket(bucket) === undefined) {
  const settings = { versioning: "Enabled" };
  await engine.createBucket({ name: "versioned", region: "r", ownerAccountId: "1", settings });
  await engine.createBucket({ name: bucket, region: "r", ownerAccountId: "1" });
}
say("ready", {});

/** @param {"ready" | "begin" | "ack" | "refused"} what @param {object} facts */
function say(what, facts) {
  // Straight to the pipe: an acknowledgement must not wait in a buffer of this process.
  writeSync(1, `${what} ${JSON.stringify(facts)}\n`);
}

/** @param {string} label @param {number} length */
async function stage(label, length) {
  return await engine.stage(
    (async function* () {
      yield contentOf(label, length);
    })(),
  );
}

/** @param {string} inBucket @param {string} key @param {string} label @param {number} length */
async function put(inBucket, key, label, length) {
  return await engine.putObject({
    bucket: inBucket,
    key,
    staged: await stage(label, length),
    ...plain,
  });
}

/** @param {string} key @param {string} label @param {number} length */
async function putInParts(key, label, length) {
  const upload = await engine.createUpload({ bucket, key, initiatorArn: "arn", ...plain });
  const address = { bucket, key, uploadId: upload.uploadId };
  const part = await engine.putPart({ ...address, partNumber: 1 }, await stage(label, length));
  await engine.completeUpload({ ...address, parts: [part] });
}

/** Each worker has one operation under way and keys of its own. @param {number} worker */
async function work(worker) {
  for (let step = 0; ; step += 1) {
    const label = `${round}-${worker}-${step}`;
    const length = step % 3 === 0 ? 300 : 20_000 + ((step * 7919) % 200_000);
    const hot = `hot/${worker}`;
    switch (step % 6) {
      case 0:
      case 1:
        await told({ put: `once/${label}`, label }, () =>
          put(bucket, `once/${label}`, label, length),
        );
        break;
      case 2:
        await told({ put: hot, label }, () => put(bucket, hot, label, length));
        break;
      case 3:
        await told({ put: `parts/${label}`, label }, () =>
          putInParts(`parts/${label}`, label, length),
        );
        break;
      case 4:
        await told({ put: `copy/${label}`, copyOf: hot }, async () => {
          await engine.copyObject(engine.getObject(bucket, hot), {
            bucket,
            key: `copy/${label}`,
            ...plain,
          });
        });
        await told({ version: hot, label }, () => put("versioned", hot, label, length));
        break;
      default:
        await told({ delete: hot }, () => engine.deleteObject({ bucket, key: hot }));
    }
  }
}

/** @param {object} facts @param {() => Promise<unknown>} change */
async function told(facts, change) {
  say("begin", facts);
  await change();
  say("ack", facts);
}

try {
  await Promise.all(Array.from({ length: 16 }, (_one, worker) => work(worker)));
} catch (error) {
  let read = 0;
  for (const entry of engine.listObjects({ bucket, limit: 100_000 }).entries) {
    const chunks = [];
    for await (const chunk of engine.read(entry)) chunks.push(chunk);
    labelOf(Buffer.concat(chunks));
    read += 1;
  }
  const { code, message } = /** @type {{ code: string, message: string }} */ (error);
  say("refused", { code, message, read, reason: engine.status().readOnlyReason });
  process.exit(0);
}
