import { awsDialect } from "./aws.ts";
import type { Dialect } from "./dialect.ts";

/** The embedded server as it is by itself; proved by `probe` and the contract suite on every change. */
export const embeddedDialect: Dialect = {
  ...awsDialect,
  name: "embedded",
  title: "embedded server",
  endpoint: { value: "this machine's, port 9000", evidence: "`sms-storage server`" },
  transport: { value: "plain HTTP on loopback, else TLS", evidence: "`sms-storage server --help`" },
  addressing: { value: "path", evidence: "host names are played too, where DNS leads there" },
  followsRegion: { value: false, evidence: "one endpoint, one region" },
  conditionalDeletes: { value: "yes", evidence: "proved by probe" },
};
