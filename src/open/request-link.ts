import { request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { rootCertificates } from "node:tls";
import { StorageError } from "../core/errors.ts";
import { doctorLimits } from "../core/doctor-limits.ts";
import type { StoreSettings } from "../settings/store-settings.ts";
import { tlsOptions } from "./tls-options.ts";

/** Asks for a presigned link as any program would, without keys. Answers the status. */
export async function requestLink(
  store: StoreSettings,
  method: "GET" | "PUT",
  link: string,
  body?: Uint8Array,
): Promise<number> {
  const url = new URL(link);
  const secure = url.protocol === "https:";
  const tls = tlsOptions(store);
  const { sdkAgents } = await import("./sdk-agents.ts");
  const agents = sdkAgents(store, tls);
  const ownAgent = new HttpsAgent({
    rejectUnauthorized: tls.rejectUnauthorized,
    ...(tls.ca !== undefined && { ca: [...rootCertificates, tls.ca] }),
  });
  const agent = secure ? (agents?.httpsAgent ?? ownAgent) : agents?.httpAgent;
  try {
    return await new Promise<number>((resolve, reject) => {
      const signal = AbortSignal.timeout(doctorLimits.reachMs);
      const headers = body !== undefined && { headers: { "content-length": body.length } };
      const send = secure ? requestHttps : requestHttp;
      const request = send(url, { method, agent, signal, ...headers }, (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode ?? 0));
        answer.on("error", reject);
      });
      request.on("error", reject);
      request.end(body);
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError("Unavailable", `The link was not answered: ${reason}`, { cause: error });
  } finally {
    ownAgent.destroy();
    agents?.httpAgent.destroy();
    agents?.httpsAgent.destroy();
  }
}
