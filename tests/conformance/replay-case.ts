import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import {
  keys,
  type TestServer,
  type WireResponse,
} from "../../src/server/testing-fixtures/test-server.ts";
import {
  formBody,
  formType,
  signedFields,
} from "../../src/server/testing-fixtures/browser-form.ts";
import { compareAnswer, type StandIns } from "./compare-answer.ts";
import type {
  RecordedBody,
  RecordedCase,
  RecordedForm,
  RecordedLink,
  RecordedStep,
} from "./read-cases.ts";

/** Steps on before each request, as time had passed between the recorded ones. */
export class ReplayClock {
  #aheadMs = 0;

  readonly now = (): Date => new Date(Date.now() + this.#aheadMs);

  stepOn(): void {
    this.#aheadMs += 3000;
  }
}

/** Sends the requests of a case and gives back `<step> <place>` for each difference. */
export async function replayCase(
  { server, clock }: { readonly server: TestServer; readonly clock: ReplayClock },
  { steps }: RecordedCase,
  bucketPrefix: string,
): Promise<string[]> {
  const values = new Map<string, string>();
  for (let count = 1; count <= 9; count += 1) values.set(`b${count}`, `${bucketPrefix}-b${count}`);
  const known: StandIns = new Map();
  const places: string[] = [];
  for (const [at, step] of steps.entries()) {
    clock.stepOn();
    const got = await send(server, step, values, clock.now());
    places.push(
      ...compareAnswer(filled(step, values), got, known).map((place) => `${at + 1} ${place}`),
    );
    if (!captureValues(step, got, values)) return [...places, `${at + 1} (the end)`];
  }
  return [...new Set(places)];
}

async function send(
  server: TestServer,
  step: RecordedStep,
  values: ReadonlyMap<string, string>,
  now: Date,
): Promise<WireResponse> {
  const [method = "", target = ""] = step.send.split(" ");
  const [path = "", query = ""] = fill(target, values, encodeURIComponent).split(/\?(.*)/s);
  const body = bytesOf(step.body, values);
  const headers = Object.fromEntries(
    Object.entries(step.headers ?? {}).map(([name, value]) => [
      name,
      Buffer.from(digests(moments(fill(value, values), now), body), "utf8").toString("latin1"),
    ]),
  );
  if (step.form !== undefined) return sendForm(server, path, filledForm(step.form, values), now);
  if (step.link !== undefined) {
    const link = presigned(server, step.link, { method, path, now });
    return server.send({ method, path, query: link, headers, body, credentials: null, now });
  }
  const credentials = { stranger: keys.stranger, nobody: null, admin: keys.admin }[
    step.as ?? "admin"
  ];
  return server.send({
    method,
    path,
    query,
    headers,
    body,
    credentials,
    region: step.region ?? "us-east-1",
    now,
  });
}

/** The query of a link. */
function presigned(
  server: TestServer,
  { expiresIn, signed = {}, age = 0, without = [] }: RecordedLink,
  { method, path, now }: { readonly method: string; readonly path: string; readonly now: Date },
): string {
  const madeAt = new Date(now.getTime() - age * 1000);
  const wire = { method, path, headers: signed, now: madeAt, expiresInSeconds: expiresIn };
  const parameters = server.presign(wire).split("&");
  return parameters.filter((one) => !without.includes(one.split("=")[0] ?? "")).join("&");
}

function filledForm(form: RecordedForm, values: ReadonlyMap<string, string>): RecordedForm {
  return JSON.parse(fill(JSON.stringify(form), values)) as RecordedForm;
}

async function sendForm(
  server: TestServer,
  path: string,
  form: RecordedForm,
  now: Date,
): Promise<WireResponse> {
  const { version = 4, expiresIn = 60, without = [], changed = {} } = form;
  const signed = signedFields({
    bucket: path.slice(1),
    fields: form.fields,
    conditions: form.conditions ?? [],
    version,
    expiresAt: new Date(now.getTime() + expiresIn * 1000),
    now,
  });
  const fields = Object.fromEntries(
    Object.entries({ ...signed, ...changed }).filter(([name]) => !without.includes(name)),
  );
  const body = formBody(fields, { bytes: form.file, name: form.fileName });
  const headers = { "content-type": formType };
  return server.send({ method: "POST", path, headers, body, credentials: null, now });
}

function filled(step: RecordedStep, values: ReadonlyMap<string, string>): RecordedStep {
  return JSON.parse(fill(JSON.stringify(step), values)) as RecordedStep;
}

function bytesOf(body: RecordedBody | undefined, values: ReadonlyMap<string, string>): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(fill(body, values));
  if ("base64" in body) return Buffer.from(body.base64, "base64");
  return Buffer.alloc(Buffer.byteLength(body.repeat) * body.times, body.repeat);
}

function fill(
  text: string,
  values: ReadonlyMap<string, string>,
  encode: (value: string) => string = (value) => value,
): string {
  return text.replaceAll(/\{([bv]\d+)\}/g, (all, name: string) => {
    const value = values.get(name);
    return value === undefined ? all : encode(value);
  });
}

/** `{now-60}` is a minute ago. */
function moments(text: string, now: Date): string {
  return text.replaceAll(/\{now([+-]\d+)\}/g, (_, seconds: string) =>
    new Date(now.getTime() + Number(seconds) * 1000).toUTCString(),
  );
}

function digests(text: string, body: Buffer): string {
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(body));
  return text
    .replace("{crc32}", crc.toString("base64"))
    .replace("{md5}", createHash("md5").update(body).digest("base64"));
}

function captureValues(
  { capture = {} }: RecordedStep,
  got: WireResponse,
  values: Map<string, string>,
): boolean {
  for (const [variable, where] of Object.entries(capture)) {
    const [from = "", name = ""] = where.split(":");
    const value =
      from === "header"
        ? got.headers[name]
        : [...got.text.matchAll(new RegExp(`<${from}>([^<]+)</${from}>`, "g"))][Number(name)]?.[1];
    if (value === undefined) return false;
    values.set(variable, value);
  }
  return true;
}
