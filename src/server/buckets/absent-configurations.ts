import { S3Error } from "../../protocol/s3-error.ts";
import { child, childText, parseXml } from "../../protocol/xml/parse.ts";
import { element } from "../../protocol/xml/render.ts";
import { operationNotBuilt } from "../operation-not-built.ts";
import type { Operation } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** Configurations of which a bucket may have many on S3, each by an id, and the root of their list. */
const kinds = [
  ["Analytics", "ListBucketAnalyticsConfigurationResult"],
  ["IntelligentTiering", "ListBucketIntelligentTieringConfigurationsOutput"],
  ["Inventory", "ListInventoryConfigurationsResult"],
  ["Metrics", "ListMetricsConfigurationsResult"],
] as const;

/**
 * What S3 says of settings that nobody made, where none can be made: lists are empty, there is nothing
 * to read or to remove by an id, and what is removed or set to S3's default is so already. To set
 * anything else stays NotImplemented. Source: API reference, the operations named here.
 */
export const absentConfigurations: readonly Operation[] = [
  ...kinds.flatMap(([kind, root]): Operation[] => [
    {
      name: `ListBucket${kind}Configurations`,
      handle: async () => xmlResponse(element(root, element("IsTruncated", "false"))),
    },
    { name: `GetBucket${kind}Configuration`, handle: noSuch },
    { name: `DeleteBucket${kind}Configuration`, handle: noSuch },
  ]),
  { name: "DeleteBucketReplication", handle: async () => ({ status: 204 }) },
  { name: "DeleteBucketWebsite", handle: async () => ({ status: 204 }) },
  takenWhen("PutBucketRequestPayment", "RequestPaymentConfiguration", (document) => {
    const payer = childText(document, "Payer")?.trim();
    if (payer === "BucketOwner" || payer === "Requester") return payer === "BucketOwner";
    throw new S3Error("MalformedXML");
  }),
  takenWhen("PutBucketNotificationConfiguration", "NotificationConfiguration", (document) =>
    destinations.every((name) => child(document, name) === undefined),
  ),
];

const destinations = [
  "CloudFunctionConfiguration",
  "EventBridgeConfiguration",
  "QueueConfiguration",
  "TopicConfiguration",
];

async function noSuch(): Promise<never> {
  throw new S3Error("NoSuchConfiguration");
}

/** Succeeds for a document that asks for what is so anyway. */
function takenWhen(
  name: "PutBucketRequestPayment" | "PutBucketNotificationConfiguration",
  root: string,
  isDefault: (document: ReturnType<typeof parseXml>) => boolean,
): Operation {
  return {
    name,
    handle: async (request) => {
      const document = parseXml(await request.readDocument(), { root });
      if (isDefault(document)) return { status: 200 };
      return await operationNotBuilt(name).handle(request);
    },
  };
}
