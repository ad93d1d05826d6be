import { lookup } from "node:dns/promises";
import { request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { rootCertificates } from "node:tls";
import type { Reach } from "../checks/doctor/layer.ts";
import { symptomOf } from "../checks/doctor/symptom.ts";
import { resolveEndpoint } from "../client/endpoint.ts";
import { chooseProxy } from "../client/proxy/choose-proxy.ts";
import { doctorLimits } from "../core/doctor-limits.ts";
import { connectionProblem, type ConnectionProblem } from "../core/remedies.ts";
import type { StoreSettings } from "../settings/store-settings.ts";
import { sdkAgents } from "./sdk-agents.ts";
import { tlsOptions } from "./tls-options.ts";

const tlsProblems: ReadonlySet<ConnectionProblem | undefined> = new Set<ConnectionProblem>([
  "untrusted",
  "expired",
  "wrong-name",
  "not-tls",
  "not-http",
]);

/**
 * Asks the endpoint for anything, unsigned and by the way that all requests take: name, proxy,
 * connection, TLS and the server's clock in one. Failures are part of the answer; throws
 * ConfigurationError for an endpoint or proxy that cannot be one.
 */
export async function reachEndpoint(store: StoreSettings): Promise<Reach> {
  const endpoint = resolveEndpoint({
    endpoint: store.endpointUrl,
    region: store.region,
    bucket: store.bucket,
    addressing: store.endpointUrl === undefined ? "virtual-hosted" : "path",
  });
  const { hostname, secure, host } = endpoint;
  const proxy = chooseProxy(store.proxy)(endpoint);
  const known = { host: hostname, secure, ...(proxy !== undefined && { proxy: proxy.origin }) };
  let addresses: readonly string[] = [];
  try {
    if (proxy === undefined) {
      const found = await withinTime(lookup(hostname, { all: true }));
      addresses = found.map(({ address }) => address);
    }
    const skewSeconds = await askTime(store, endpoint, host);
    return { ...known, addresses, ...(skewSeconds !== undefined && { skewSeconds }) };
  } catch (error) {
    const symptom = symptomOf(error, `Connect to ${host}`);
    const layer = tlsProblems.has(connectionProblem(symptom.code)) ? "tls" : "network";
    return { ...known, addresses, failure: { layer, symptom } };
  }
}

interface Target {
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

/** Whatever is answered has a Date; by half the way there and back it is compared with ours. */
async function askTime(
  store: StoreSettings,
  { hostname, port, secure }: Target,
  host: string,
): Promise<number | undefined> {
  const tls = tlsOptions(store);
  const agents = sdkAgents(store, tls);
  const ownAgent = new HttpsAgent({
    rejectUnauthorized: tls.rejectUnauthorized,
    ...(tls.ca !== undefined && { ca: [...rootCertificates, tls.ca] }),
  });
  const agent = secure ? (agents?.httpsAgent ?? ownAgent) : agents?.httpAgent;
  const since = Date.now();
  try {
    const date = await new Promise<string | undefined>((resolve, reject) => {
      const send = secure ? requestHttps : requestHttp;
      const signal = AbortSignal.timeout(doctorLimits.reachMs);
      const options = { hostname, port, path: "/", headers: { Host: host, Connection: "close" } };
      const request = send({ ...options, agent, signal }, (answer) => {
        resolve(answer.headers.date);
        answer.destroy();
      });
      request.on("error", (error) => reject(timeoutOf(error)));
      request.end();
    });
    const told = date === undefined ? Number.NaN : Date.parse(date);
    if (Number.isNaN(told)) return undefined;
    // Dates are cut off to the second.
    return (told + 500 - (since + Date.now()) / 2) / 1000;
  } finally {
    ownAgent.destroy();
    agents?.httpAgent.destroy();
    agents?.httpsAgent.destroy();
  }
}

function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), doctorLimits.reachMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function timeoutOf(error: Error): Error {
  return error.name === "AbortError" || error.name === "TimeoutError" ? tooLate() : error;
}

function tooLate(): Error {
  const seconds = doctorLimits.reachMs / 1000;
  return Object.assign(new Error(`There was no answer within ${seconds} s.`), {
    code: "ETIMEDOUT",
  });
}
