import { QueryParameters } from "../../protocol/query.ts";
import { parseXml, type XmlElement } from "../../protocol/xml/parse.ts";
import { isObject } from "../aws-json/json-input.ts";
import type { OtherServiceName } from "../other-services.ts";
import type { RequestTrace } from "../request-trace.ts";
import type { CallFacts, JsonObject, JsonValue } from "./call-facts.ts";
import { documentParameters, valueOf } from "./document-parameters.ts";
import { formParameters } from "./form-parameters.ts";

/** Never in a record, whichever service it belongs to; in lower case. */
const secrets: ReadonlySet<string> = new Set([
  "ciphertextblob",
  "clientsecret",
  "message",
  "password",
  "plaintext",
  "refreshtoken",
  "secretaccesskey",
  "sessiontoken",
  "tokencode",
  "webidentitytoken",
]);

/** What a call of another service than S3 asked for. */
export function serviceParameters(
  service: OtherServiceName,
  trace: RequestTrace,
): JsonObject | null {
  const { document } = trace;
  if (document === undefined) return null;
  if (service === "s3control") return controlParameters(document, trace);
  const text = document.toString("utf8");
  try {
    return shown(service === "sts" || service === "iam" ? readForm(text) : readJson(text));
  } catch {
    // It was refused for what it is, and the event says so.
    return null;
  }
}

function readForm(text: string): JsonValue {
  return formParameters(QueryParameters.parse(text).entries());
}

function readJson(text: string): JsonValue {
  return text === "" ? {} : (JSON.parse(text) as JsonValue);
}

function controlParameters(document: Buffer, { understood }: RequestTrace): JsonObject {
  const accountId = understood?.headers.get("x-amz-account-id") ?? "";
  const sent = document.length === 0 ? {} : documentParameters(document);
  return { accountId, Host: understood?.headers.get("host") ?? "", ...sent };
}

type AnswerParts = Partial<Pick<NonNullable<RequestTrace["response"]>, "body" | "headers">>;

/** The result of an answer in XML, or the JSON. */
export function answerElements(body: unknown): JsonObject | null {
  if (typeof body !== "string" || body === "") return null;
  return shown(body.startsWith("{") ? readJson(body) : valueOf(resultOf(parseXml(body))));
}

function resultOf(root: XmlElement): XmlElement {
  return root.children.find(({ name }) => name.endsWith("Result")) ?? { ...root, children: [] };
}

export function answerError({ body, headers }: AnswerParts): NonNullable<CallFacts["error"]> {
  const text = typeof body === "string" ? body : "";
  const told = headers?.["x-amzn-errortype"];
  if (text.startsWith("{")) {
    const { __type: code = told ?? "", message = "" } = readJson(text) as Readonly<
      Record<string, string>
    >;
    return { code, message };
  }
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? "InternalFailure";
  return { code, message: /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? "" };
}

/** Null: nothing. */
function shown(value: JsonValue): JsonObject | null {
  const told = camelCase(value);
  return isObject(told) && Object.keys(told).length > 0 ? told : null;
}

/** Deeper than any parameter of AWS. */
const deepest = 20;

/**
 * Names as CloudTrail writes them: the first letter small. What is secret is left out, and so is what is
 * nested without end, which would hide the rest.
 */
function camelCase(value: JsonValue, depth = 0): JsonValue {
  if (depth > deepest) return null;
  if (Array.isArray(value)) return value.map((one) => camelCase(one, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .filter(([name]) => !secrets.has(name.toLowerCase()))
      .map(([name, one]) => [
        `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
        camelCase(one, depth + 1),
      ]),
  );
}
