import type { ExchangeListener } from "../core/exchange-event.ts";
import { maskHeaders, maskUrl } from "../core/mask-secrets.ts";

/** After the signature was made, and once for each attempt. */
export const traceStep = { step: "deserialize", name: "traceRequests", priority: "low" } as const;

/** A middleware that tells of each attempt of the SDK's requests and of what came of it. */
export function requestTracer(tell: ExchangeListener) {
  let count = 0;
  return <Args extends { request: unknown }, Result extends { response: unknown }>(
    next: (args: Args) => Promise<Result>,
    { commandName = "" }: { readonly commandName?: string },
  ) =>
    async (args: Args): Promise<Result> => {
      count += 1;
      const about = { number: count, operation: commandName.replace(/Command$/, "") };
      tell({ type: "request", ...about, ...asRequest(args.request) });
      const begunAt = performance.now();
      const elapsedMs = (): number => performance.now() - begunAt;
      try {
        const result = await next(args);
        tell({ type: "answer", ...about, ...asAnswer(result.response), durationMs: elapsedMs() });
        return result;
      } catch (error) {
        const answer = answerOf(error);
        const durationMs = elapsedMs();
        const message = error instanceof Error ? error.message : String(error);
        if (answer === undefined) tell({ type: "no-answer", ...about, message, durationMs });
        else tell({ type: "answer", ...about, ...answer, durationMs });
        throw error;
      }
    };
}

interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

function asRequest(request: unknown): SentRequest {
  if (!isRecord(request)) return { method: "", url: "", headers: {} };
  const { method, protocol, hostname, port, path, query, headers } =
    request as unknown as SdkRequest;
  const pairs = Object.entries(query ?? {}).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : ""}`,
  );
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  const url = `${protocol}//${host}${path}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`;
  return { method, url: maskUrl(url), headers: maskHeaders(headers) };
}

interface Answer {
  readonly status: number;
  readonly requestId: string | undefined;
}

function asAnswer(response: unknown): Answer {
  if (!isRecord(response)) return { status: 0, requestId: undefined };
  const headers = isRecord(response["headers"]) ? response["headers"] : {};
  const requestId = headers["x-amz-request-id"] ?? headers["x-amzn-requestid"];
  return {
    status: Number(response["statusCode"] ?? 0),
    requestId: typeof requestId === "string" ? requestId : undefined,
  };
}

/** A refusal comes as an error that remembers its answer. */
function answerOf(error: unknown): Answer | undefined {
  return isRecord(error) && isRecord(error["$response"]) ? asAnswer(error["$response"]) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
