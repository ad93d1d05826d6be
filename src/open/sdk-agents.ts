import { rootCertificates } from "node:tls";
import type { SdkAgents } from "../aws/sdk-connection.ts";
import { chooseProxy } from "../client/proxy/choose-proxy.ts";
import { TunnelHttpAgent, TunnelHttpsAgent } from "../client/proxy/tunnel-agents.ts";
import type { StoreSettings } from "../settings/store-settings.ts";
import type { StoreTls } from "./tls-options.ts";

/**
 * What carries the AWS SDK's connections through the proxy that our own go through; undefined where
 * the settings name none. `tls`: of the store; AWS's own services go without.
 */
export function sdkAgents(
  { proxy }: Pick<StoreSettings, "proxy">,
  tls?: StoreTls,
): SdkAgents | undefined {
  if (proxy.httpsProxy === undefined && proxy.httpProxy === undefined) return undefined;
  const choose = chooseProxy(proxy);
  const trust = tls !== undefined && {
    ...(tls.ca !== undefined && { ca: [...rootCertificates, tls.ca] }),
    rejectUnauthorized: tls.rejectUnauthorized,
  };
  return {
    httpAgent: new TunnelHttpAgent({ keepAlive: true }, choose),
    httpsAgent: new TunnelHttpsAgent({ keepAlive: true, ...trust }, choose),
  };
}
