import type { RecordChanges, Records } from "../../engine/records.ts";
import type { NamedPolicy } from "../../policy/access-layers.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import type { World } from "./world.ts";

/** An endpoint of S3 in a VPC, through which a request came. */
export interface VpcEndpoint {
  readonly id: string;
  readonly vpc: string;
  readonly accountId: string;
  /** Undefined: it limits nothing. */
  readonly policy: NamedPolicy | undefined;
}

export interface ReachedEndpoint extends VpcEndpoint {
  /** What stands behind the bucket's name, where a bucket is addressed by host. */
  readonly domain: string;
}

const kind = "vpcendpoint";

interface EndpointRecord {
  readonly vpc: string;
  readonly accountId: string;
  readonly policy?: string;
  readonly hosts: readonly string[];
}

/** Puts the endpoints of a world in place of those before. */
export function putVpcEndpoints(records: RecordChanges, { vpcEndpoints }: World): void {
  for (const { id } of Array.from(records.list(kind))) {
    if (!vpcEndpoints.has(id)) records.remove(kind, id);
  }
  for (const [id, { vpc, account, policy, hosts }] of vpcEndpoints) {
    const record: EndpointRecord = {
      vpc,
      accountId: account,
      hosts,
      ...(policy !== undefined && { policy }),
    };
    if (JSON.stringify(records.get(kind, id)) !== JSON.stringify(record)) {
      records.put(kind, id, record);
    }
  }
}

/** No host name is longer. Source: RFC 1035. */
const longestHost = 260;

/**
 * Tells by its host name which endpoint a request came through, if any: by the endpoint's own name, such
 * as `bucket.vpce-0a1b2c3d-x.s3.us-east-1.vpce.amazonaws.com` or `vpce-0a1b2c3d.localhost`, or by one
 * that the world gives it, with the port or without.
 */
export class VpcEndpoints {
  readonly #records: Records;
  #changes = -1;
  #byId: ReadonlyMap<string, VpcEndpoint> = new Map();
  #byHost: ReadonlyMap<string, VpcEndpoint> = new Map();

  constructor(records: Records) {
    this.#records = records;
  }

  find(host: string | undefined): ReachedEndpoint | undefined {
    this.#refresh();
    if (this.#byId.size === 0 || host === undefined || host.length > longestHost) return undefined;
    const name = host.toLowerCase();
    return this.#ownName(name) ?? this.#givenName(name) ?? this.#givenName(withoutPort(name));
  }

  #ownName(host: string): ReachedEndpoint | undefined {
    const match = /(?:^|\.)((?:bucket\.)?(vpce-[0-9a-f]{8,17})(?:-[a-z0-9-]+)?(?:[.:].*)?)$/.exec(
      host,
    );
    const [, domain = "", id = ""] = match ?? [];
    const endpoint = this.#byId.get(id);
    return endpoint && { ...endpoint, domain: withoutPort(domain) };
  }

  /** The host itself, or what stands behind the first of its dots: buckets may have dots of their own. */
  #givenName(host: string): ReachedEndpoint | undefined {
    for (let domain = host; ; domain = domain.slice(domain.indexOf(".") + 1)) {
      const endpoint = this.#byHost.get(domain);
      if (endpoint !== undefined) return { ...endpoint, domain: withoutPort(domain) };
      if (!domain.includes(".")) return undefined;
    }
  }

  #refresh(): void {
    const changes = this.#records.changesOf(kind);
    if (changes === this.#changes) return;
    const byId = new Map<string, VpcEndpoint>();
    const byHost = new Map<string, VpcEndpoint>();
    for (const { id, value } of this.#records.list(kind)) {
      const { vpc, accountId, policy, hosts } = value as EndpointRecord;
      const endpoint = {
        id,
        vpc,
        accountId,
        policy: policy === undefined ? undefined : compiled(id, policy),
      };
      byId.set(id, endpoint);
      for (const host of hosts) byHost.set(host, endpoint);
    }
    this.#byId = byId;
    this.#byHost = byHost;
    this.#changes = changes;
  }
}

function compiled(id: string, policy: string): NamedPolicy {
  return {
    name: id,
    policy: compilePolicy(parsePolicyOf(attachedPolicyKind("vpc-endpoint"), policy)),
  };
}

function withoutPort(host: string): string {
  return host.replace(/:\d*$/, "");
}
