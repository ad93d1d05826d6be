// @ts-check
// Replaces an object on the store of its environment, until it is killed: `node replacer.mjs DIST KEY`.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [dist = "", key = ""] = process.argv.slice(2);
const { FileServiceQumuloS3 } = await import(pathToFileURL(join(dist, "index.js")).href);
await new FileServiceQumuloS3().uploadBytes("the new object", key);
console.log("replaced");
