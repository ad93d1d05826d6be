import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import { rootCertificates } from "node:tls";
import type { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { KMSClient } from "@aws-sdk/client-kms";
import type { OrganizationsClient } from "@aws-sdk/client-organizations";
import type { S3Client } from "@aws-sdk/client-s3";
import type { S3ControlClient } from "@aws-sdk/client-s3-control";
import type { STSClient } from "@aws-sdk/client-sts";
import type { CredentialsProvider } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";
import { adminLimits, clientLimits } from "../core/limits.ts";
import { isAwsHost } from "../core/partition.ts";
import type { RetryEvent } from "../core/retry-event.ts";
import { safeListener } from "../core/safe-listener.ts";
import { refuseConfiguredEndpoint } from "./configured-endpoint.ts";
import { boundAnswers } from "./answer-body.ts";
import { addContentMd5 } from "./content-md5.ts";
import type { ExchangeListener } from "../core/exchange-event.ts";
import { retryByTime } from "./retry-by-time.ts";
import { requestTracer, traceStep } from "./trace-requests.ts";

export interface ConnectionOptions {
  /** The region of requests that name none of their own. */
  readonly region: string;
  /** Undefined: AWS. Otherwise S3, STS and IAM are all asked there, with path-style addresses. */
  readonly endpointUrl?: string;
  readonly credentials: CredentialsProvider;
  readonly tls?: TlsOptions;
  /** How long a call is tried again, in milliseconds. Default `clientLimits.retryForMs`; 0: not at all. */
  readonly retryForMs?: number;
  readonly onEvent?: (event: RetryEvent) => void;
  /** Requests and answers, secrets masked. */
  readonly onExchange?: ExchangeListener;
  /** Default: the SDK's own, without a proxy. They are ended with the connection. */
  readonly agents?: SdkAgents;
}

/** What carries the SDK's connections. */
export interface SdkAgents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

interface TlsOptions {
  /** PEM of further certificate authorities, beside those that Node trusts. */
  readonly ca?: string | Buffer;
  /** False: any certificate is accepted. Default true. */
  readonly rejectUnauthorized?: boolean;
}

interface SdkClient {
  readonly middlewareStack: object;
  destroy(): void;
}

/** What the clients of all services take. */
type ServiceConfig = ReturnType<typeof commonConfig> & {
  readonly region: string;
  readonly endpoint?: string;
};

/** The SDK's clients, each made when it is first needed: nothing of the SDK loads before. */
export class SdkConnection {
  readonly #options: ConnectionOptions;
  /** A store other than AWS may lack whole services. */
  readonly isForeign: boolean;
  readonly #s3 = new Map<string, S3Client>();
  readonly #tracer: ReturnType<typeof requestTracer> | undefined;
  readonly #services = new Map<string, SdkClient>();
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { endpointUrl, onExchange } = options;
    this.#tracer = onExchange && requestTracer(safeListener("onExchange", onExchange));
    this.isForeign = endpointUrl !== undefined && !isAwsHost(new URL(endpointUrl).host);
  }

  get region(): string {
    return this.#options.region;
  }

  async s3(region: string = this.#options.region): Promise<S3Client> {
    this.#assertOpen();
    const held = this.#s3.get(region);
    if (held !== undefined) return held;
    const { endpointUrl } = this.#options;
    if (endpointUrl === undefined) {
      // The SDK's clients take an endpoint from this profile, even when the keys come from
      // elsewhere.
      const profile = process.env["AWS_PROFILE"] ?? "";
      await refuseConfiguredEndpoint(process.env, profile === "" ? "default" : profile);
    }
    const { S3Client } = await import("@aws-sdk/client-s3");
    this.#assertOpen();
    const made = this.#s3.get(region);
    if (made !== undefined) return made;
    const client = new S3Client({
      ...commonConfig(this.#options),
      region,
      ...(endpointUrl !== undefined && { endpoint: endpointUrl, forcePathStyle: true }),
      // Foreign stores refuse checksums they do not know; AWS needs them for some documents only.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      followRegionRedirects: false,
      // Small documents: waiting for the server's leave only costs time.
      expectContinueHeader: false,
    });
    boundAnswers(client);
    if (this.isForeign) addContentMd5(client);
    if (this.#tracer !== undefined) client.middlewareStack.add(this.#tracer, traceStep);
    this.#s3.set(region, client);
    return client;
  }

  async sts(): Promise<STSClient> {
    const { STSClient } = await import("@aws-sdk/client-sts");
    return this.#service("sts", (config) => new STSClient(config));
  }

  async iam(): Promise<IAMClient> {
    const { IAMClient } = await import("@aws-sdk/client-iam");
    return this.#service("iam", (config) => new IAMClient(config));
  }

  async kms(): Promise<KMSClient> {
    const { KMSClient } = await import("@aws-sdk/client-kms");
    return this.#service("kms", (config) => new KMSClient(config));
  }

  async cloudTrail(): Promise<CloudTrailClient> {
    const { CloudTrailClient } = await import("@aws-sdk/client-cloudtrail");
    return this.#service("cloudtrail", (config) => new CloudTrailClient(config));
  }

  async organizations(): Promise<OrganizationsClient> {
    const { OrganizationsClient } = await import("@aws-sdk/client-organizations");
    return this.#service("organizations", (config) => new OrganizationsClient(config));
  }

  async s3Control(): Promise<S3ControlClient> {
    const { S3ControlClient } = await import("@aws-sdk/client-s3-control");
    return this.#service("s3control", ({ endpoint, ...config }) => {
      if (endpoint === undefined) return new S3ControlClient(config);
      const place = { url: new URL(endpoint) };
      // The SDK would put the account before the host, an address too.
      return new S3ControlClient({ ...config, endpointProvider: () => place });
    });
  }

  close(): void {
    this.#closed = true;
    for (const client of [...this.#s3.values(), ...this.#services.values()]) client.destroy();
  }

  /** One client a service, made when it is first asked for. */
  #service<Client extends SdkClient>(
    name: string,
    make: (config: ServiceConfig) => Client,
  ): Client {
    this.#assertOpen();
    const held = this.#services.get(name);
    // Each name has one maker.
    if (held !== undefined) return held as Client;
    const made = boundAnswers(make(this.#serviceConfig()));
    if (this.#tracer !== undefined) {
      // Typed for one service's commands; it suits those of every service.
      (made.middlewareStack as STSClient["middlewareStack"]).add(this.#tracer, traceStep);
    }
    this.#services.set(name, made);
    return made;
  }

  #serviceConfig(): ServiceConfig {
    return { ...commonConfig(this.#options), ...this.#serviceEndpoint() };
  }

  #assertOpen(): void {
    if (this.#closed) throw new StorageError("Closed", "The connection has been closed.");
  }

  /** An S3 host of AWS answers for S3 alone; STS and IAM have their own. */
  #serviceEndpoint(): { region: string; endpoint?: string } {
    const { region, endpointUrl } = this.#options;
    if (endpointUrl === undefined || !this.isForeign) return { region };
    return { region, endpoint: endpointUrl };
  }
}

function commonConfig(options: ConnectionOptions) {
  const { tls, credentials, agents, onEvent } = options;
  const { retryForMs = clientLimits.retryForMs } = options;
  const agent = {
    // `ca` replaces Node's own list, so a private authority is added to it.
    ...(tls?.ca !== undefined && { ca: [...rootCertificates, tls.ca] }),
    rejectUnauthorized: tls?.rejectUnauthorized ?? true,
  };
  return {
    retryStrategy: retryByTime(retryForMs, {
      ...(onEvent !== undefined && { onEvent: safeListener("onEvent", onEvent) }),
    }),
    credentials: async () => {
      const found = await credentials();
      if (found !== undefined) return found;
      throw new StorageError("Unauthenticated", "Bucket settings need credentials.", {
        remedy:
          "Sign in with `sms-storage login` or `aws sso login`, or set the access key and its secret.",
      });
    },
    requestHandler: {
      connectionTimeout: adminLimits.connectTimeoutMs,
      requestTimeout: adminLimits.requestTimeoutMs,
      throwOnRequestTimeout: true,
      httpsAgent: { keepAlive: true, ...agent },
      ...agents,
    },
  };
}
