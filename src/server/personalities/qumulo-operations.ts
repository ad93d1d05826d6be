import { mib } from "../../core/limits.ts";
import type { S3OperationName } from "../../protocol/operations.ts";
import { element } from "../../protocol/xml/render.ts";
import { serveSetting } from "../buckets/serve-setting.ts";
import { operationNotBuilt } from "../operation-not-built.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";
import { notImplemented, operationsSince } from "./qumulo-facts.ts";
import { parseQumuloPolicy } from "./qumulo-policy.ts";
import { refuse } from "./refuse.ts";
import { isAtLeast, type QumuloVersion } from "./qumulo-version.ts";

/** Documents of these may have so much. Source: known limits of Qumulo's S3. */
const documentBytes = 10 * mib;
const largeDocuments: ReadonlySet<S3OperationName> = new Set<S3OperationName>([
  "CompleteMultipartUpload",
  "CreateBucket",
  "DeleteObjects",
]);

const policy = serveSetting("policy", {
  putStatus: 204,
  emptyAllowed: true,
  accept: (document) => {
    parseQumuloPolicy(document);
    return { document };
  },
});

const own: ReadonlyMap<S3OperationName, Operation> = new Map(
  [
    ...policy,
    {
      name: "GetBucketLocation" as const,
      handle: async () => xmlResponse(element("LocationConstraint", "local")),
    },
  ].map((operation) => [operation.name, operation]),
);

/** An operation as a version has it; 501 for what it lacks. */
export function qumuloOperation(operation: Operation, version: QumuloVersion): Operation {
  const { name } = operation;
  const since = operationsSince[name];
  if (since === undefined || !isAtLeast(version, since)) return notThere(operation, version);
  const played = own.get(name) ?? operation;
  return largeDocuments.has(name) ? { ...played, documentBytes } : played;
}

/** Judged as usual, so that strangers learn nothing, then refused. */
function notThere({ name, judgedBy }: Operation, { text }: QumuloVersion): Operation {
  return {
    ...operationNotBuilt(name, judgedBy === "nothing" ? { judgedBy } : {}),
    handle: async () => {
      throw refuse(notImplemented, `Qumulo Core (${text}) has no ${name}.`);
    },
  };
}
