// @ts-check
// An S3 server that stores nothing and verifies nothing, so that what is measured is the client: bodies are
// dropped, objects and listings are reckoned. Prints one line of JSON: where it listens, where it is
// controlled, the authority to trust under TLS.
//
//   node bench/null-server.mjs [--port 0] [--control-port 0] [--tls]
//
// Control, on a port of its own:
//   GET  /stats     requests by operation, connections, bytes, the server's own CPU, faults
//   GET  /objects   what was put: key, size, CRC32 if taken
//   POST /configure { dataSets, delayMs, listDelayMs, faults, takesChecksums }, and counts from zero
//   POST /reset     counts from zero, forgets what was put
import { once } from "node:events";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { startNullServer } from "./null-server/start-null-server.mjs";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "control-port": { type: "string", default: "0" },
    tls: { type: "boolean", default: false },
  },
});
const server = await startNullServer({ tls: values.tls, port: Number(values.port) });

const control = createServer((request, response) => {
  act(`${request.method} ${request.url}`, request).then(
    (answer) => response.end(JSON.stringify(answer)),
    (error) => response.writeHead(400).end(String(error)),
  );
});
// A run takes longer than Node keeps an idle connection, and who asks then may meet its end.
control.keepAliveTimeout = 0;
control.listen(Number(values["control-port"]), "127.0.0.1");
await once(control, "listening");
const { port } = /** @type {import("node:net").AddressInfo} */ (control.address());
const { endpoint, authority } = server;
console.log(JSON.stringify({ endpoint, control: `http://127.0.0.1:${port}`, authority }));

/**
 * @param {string} what
 * @param {AsyncIterable<Buffer>} request
 */
async function act(what, request) {
  switch (what) {
    case "GET /stats":
      return server.counters.snapshot();
    case "GET /objects":
      return server.objects();
    case "POST /reset":
      return server.reset();
    case "POST /configure": {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      return server.configure(JSON.parse(Buffer.concat(pieces).toString()));
    }
    default:
      throw new Error(`there is no ${what}`);
  }
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
