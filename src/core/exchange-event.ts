/** What goes over the wire, for whoever looks for a fault; secrets are masked before it is told. */
export type ExchangeEvent =
  | {
      readonly type: "request";
      /** Counts the requests of one connection, from 1. */
      readonly number: number;
      readonly operation: string;
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | {
      readonly type: "answer";
      readonly number: number;
      readonly operation: string;
      readonly status: number;
      readonly requestId: string | undefined;
      /** From the request to the headers of its answer. */
      readonly durationMs: number;
    }
  | {
      readonly type: "no-answer";
      readonly number: number;
      readonly operation: string;
      readonly message: string;
      readonly durationMs: number;
    }
  | {
      readonly type: "credentials";
      /** In words: a variable, or what of AWS's chain gave them. */
      readonly source: string;
      readonly accessKeyId: string;
      readonly expiration: Date | undefined;
    };

/** Hears of requests and answers; must not throw. */
export type ExchangeListener = (event: ExchangeEvent) => void;
