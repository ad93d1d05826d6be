import type { GetBucketVersioningCommand } from "@aws-sdk/client-s3";
import { assert } from "../core/assert.ts";
import type { BucketAdmin } from "../core/bucket-admin.ts";
import type { RemovableSetting, SettingDocuments, SettingName } from "../core/bucket-settings.ts";
import { StorageError } from "../core/errors.ts";
import {
  bucketDocuments,
  type BucketDocument,
  type SettingOperations,
} from "../protocol/bucket-documents.ts";
import type { AnsweredDocument } from "../protocol/documents/setting-document.ts";
import type { S3OperationName } from "../protocol/operations.ts";
import { renderXml, s3Namespace } from "../protocol/xml/render.ts";
import { target, type BucketContext } from "./bucket-target.ts";
import { LossGuard } from "./loss-guard.ts";
import { sendDocument, takeAnswer } from "./wire-document.ts";

/**
 * Every setting by the one table. The SDK finds the endpoint, signs, repeats and tells errors; the
 * documents are ours, so that one schema holds for both ends of the wire, and what this version does
 * not know is noticed instead of lost.
 */
export function settingCalls(context: BucketContext): Pick<BucketAdmin, "read" | "put" | "remove"> {
  const { calls } = context;
  const losses = new LossGuard();
  return {
    read: <Name extends SettingName>(bucket: string, name: Name) => {
      const setting: BucketDocument<SettingDocuments[Name]> = bucketDocuments[name];
      const call = { operation: setting.get, bucket };
      return calls.read(call, codesOf(setting), async (client) => {
        const command = await commandOf(setting.get, target(context, bucket));
        let answered: AnsweredDocument<SettingDocuments[Name]> | undefined;
        let answer = "";
        takeAnswer(command, call, ({ text, header }) => {
          answer = text;
          answered = setting.codec.parseAnswer(text, header);
        });
        await client.send(command);
        losses.note(bucket, name, answered?.unknown ?? [], answer);
        return answered?.document;
      });
    },

    put: async (bucket, name, document) => {
      const { put, codec }: BucketDocument<typeof document> = bucketDocuments[name];
      assert(put !== undefined, `${name} is not put`);
      const unknown = codec.findUnknown(document);
      if (unknown !== undefined) {
        const { name: property, place, meant } = unknown;
        throw new StorageError("InvalidArgument", `S3 knows no ${property} in ${name}${place}.`, {
          remedy: meant === undefined ? `Remove ${property}.` : `Write ${meant}.`,
        });
      }
      const kept = losses.keepUnknown(bucket, name, (answer) => codec.renderOver(document, answer));
      await calls.run({ operation: put, bucket }, async (client) => {
        const command = await commandOf(put, target(context, bucket));
        const rendered = kept ?? codec.render(document);
        sendDocument(command, {
          text:
            typeof rendered === "string"
              ? rendered
              : renderXml(rendered, { namespace: s3Namespace }),
          headers: codec.headersOf(document),
        });
        await client.send(command);
      });
    },

    remove: async (bucket, name: RemovableSetting) => {
      const { remove } = bucketDocuments[name];
      assert(remove !== undefined, `${name} is not removed`);
      await calls.run({ operation: remove, bucket }, async (client) => {
        await client.send(await commandOf(remove, target(context, bucket)));
      });
      losses.note(bucket, name, [], "");
    },
  };
}

function codesOf({ notSet, notSetElsewhere = [] }: SettingOperations): readonly string[] {
  return typeof notSet === "string" ? [notSet, ...notSetElsewhere] : notSetElsewhere;
}

/** The SDK's command of an operation. They differ in their documents alone, which are ours. */
async function commandOf(operation: S3OperationName, input: object) {
  const sdk: Readonly<Record<string, unknown>> = await import("@aws-sdk/client-s3");
  const Command = sdk[`${operation}Command`];
  assert(typeof Command === "function", `the SDK knows no ${operation}`);
  return new (Command as new (input: object) => GetBucketVersioningCommand)(input);
}
