import type { CauseRow } from "../cause-row.ts";
import { dottedBucket, proxySet } from "../circumstances.ts";

/** Network, TLS and clock. */
export const connectionCauses: readonly CauseRow[] = [
  {
    id: "D52",
    layer: "network",
    title: "The endpoint's host name does not resolve",
    symptom: "`ENOTFOUND` or `EAI_AGAIN` before any connection.",
    cause:
      "DNS does not know the host {host}: the region or the endpoint is misspelled, or this machine " +
      "has no DNS (VPN off).",
    affects: "Nothing reaches the store.",
    signs: [
      { sure: "certain", codes: ["ENOTFOUND"] },
      { sure: "likely", codes: ["EAI_AGAIN"] },
      { sure: "possible", codes: ["EndpointConnectionError"] },
    ],
    remedy: {
      text:
        "Correct STORAGE_S3_REGION or STORAGE_S3_ENDPOINT_URL: on AWS the host is " +
        "s3.REGION.amazonaws.com (amazonaws.com.cn in China). Or switch on the VPN that knows the host.",
      commands: ["sms-storage config explain", "getent hosts {host}"],
      by: "you",
    },
    source: "Node.js, dns error codes; AWS General Reference, S3 endpoints.",
  },
  {
    id: "D51",
    layer: "network",
    title: "The store or the proxy before it does not answer",
    symptom: "`ECONNREFUSED`, `ETIMEDOUT`, `TimeoutError`, `EHOSTUNREACH`, or a proxy's refusal.",
    cause:
      "Nothing listens at {host}; or, on the way to another machine, a firewall drops the connection, a " +
      "proxy is needed and not set, or the proxy that is set refuses.",
    affects: "Nothing reaches the store.",
    signs: [
      {
        sure: "certain",
        codes: ["ERR_PROXY_UNREACHABLE", "ERR_PROXY_DENIED", "ERR_PROXY_FAILED"],
        when: [proxySet],
      },
      { sure: "certain", codes: ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"] },
      { sure: "certain", codes: ["ETIMEDOUT", "TimeoutError", "ESOCKETTIMEDOUT"] },
      { sure: "likely", codes: ["ECONNRESET", "EPIPE", "Timeout", "EndpointConnectionError"] },
      {
        sure: "possible",
        codes: ["ERR_PROXY_UNREACHABLE", "ERR_PROXY_DENIED", "ERR_PROXY_FAILED"],
      },
    ],
    remedy: {
      text:
        "See that the store runs at that host and port. Where a proxy leads to other machines, set HTTPS_PROXY " +
        "(and HTTP_PROXY for http:// endpoints); every request then goes through it, those to STS and SSO " +
        "too. Where the proxy is in the way, name the host in NO_PROXY.",
      commands: ["export HTTPS_PROXY=http://PROXY:PORT", "export NO_PROXY={host}"],
      by: "you",
    },
    source:
      "Node.js, common system errors; AWS SDK for JavaScript ignores the variables by itself.",
  },
  {
    id: "D49",
    layer: "tls",
    title: "The server's certificate is not trusted here",
    symptom:
      "`SELF_SIGNED_CERT_IN_CHAIN`, `UNABLE_TO_GET_ISSUER_CERT_LOCALLY`, `DEPTH_ZERO_SELF_SIGNED_CERT`.",
    cause:
      "A proxy that inspects TLS, or a store with a certificate of its own (Qumulo), signs with an " +
      "authority that Node does not know.",
    affects: "Nothing is sent: the server may be anybody.",
    signs: [
      {
        sure: "certain",
        codes: [
          "SELF_SIGNED_CERT_IN_CHAIN",
          "DEPTH_ZERO_SELF_SIGNED_CERT",
          "UNABLE_TO_GET_ISSUER_CERT",
          "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
          "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        ],
      },
    ],
    remedy: {
      text:
        "Get the authority's certificate as a PEM file from who runs the proxy or the store, and name " +
        "it in STORAGE_S3_CA_FILE (STORAGE_QUMULO_CA_FILE for Qumulo), or in NODE_EXTRA_CA_CERTS for all " +
        "of Node. Never set NODE_TLS_REJECT_UNAUTHORIZED=0: it trusts everybody.",
      commands: ["sms-storage doctor --ca-file AUTHORITY.pem"],
      by: "you",
    },
    source: "Node.js, TLS; OpenSSL's certificate verification codes.",
  },
  {
    id: "D50",
    layer: "tls",
    title: "The certificate is for another host name",
    symptom: "`ERR_TLS_CERT_ALTNAME_INVALID`.",
    cause:
      "The host {host} does not stand in the certificate. A bucket whose name has a dot does not fit " +
      "the wildcard certificate when it stands in the host name.",
    affects: "Nothing is sent: the server may be anybody.",
    signs: [
      { sure: "certain", codes: ["ERR_TLS_CERT_ALTNAME_INVALID"] },
      { sure: "possible", says: /does not match certificate's altnames/ },
      { sure: "possible", codes: ["CERT_HAS_EXPIRED"], when: [dottedBucket] },
    ],
    remedy: {
      text:
        "Use as endpoint a host name that stands in the certificate. sms-storage asks for a bucket with " +
        "a dot by its path; make other tools do so too (path style), or use a bucket without a dot.",
      commands: ["aws configure set s3.addressing_style path"],
      by: "you",
    },
    source: "S3 User Guide, bucket naming rules: dots and virtual-hosted addresses over HTTPS.",
  },
  {
    id: "D63",
    layer: "tls",
    title: "http and https are mixed up",
    symptom: "`EPROTO`, `ERR_SSL_WRONG_VERSION_NUMBER`, or an answer that is no HTTP.",
    cause: "The endpoint {endpoint} names one of http and https, and the port speaks the other.",
    affects: "Nothing reaches the store.",
    signs: [
      {
        sure: "certain",
        codes: [
          "ERR_SSL_WRONG_VERSION_NUMBER",
          "ERR_SSL_PACKET_LENGTH_TOO_LONG",
          "EPROTO",
          "HPE_INVALID_CONSTANT",
          "ERR_NOT_HTTP",
        ],
      },
    ],
    remedy: {
      text: "Write the other one of http:// and https:// in STORAGE_S3_ENDPOINT_URL.",
      commands: ["sms-storage config explain"],
      by: "you",
    },
    source: "OpenSSL and Node.js error codes.",
  },
  {
    id: "D64",
    layer: "tls",
    title: "The server's certificate has expired",
    symptom: "`CERT_HAS_EXPIRED`.",
    cause: "The certificate's time is over, or this machine's clock is far ahead.",
    affects: "Nothing is sent.",
    signs: [{ sure: "certain", codes: ["CERT_HAS_EXPIRED"] }],
    remedy: {
      text: "See this machine's clock first; else who runs the store renews the certificate.",
      commands: ["date -u"],
      by: "administrator",
    },
    source: "OpenSSL's certificate verification codes.",
  },
  {
    id: "D41",
    layer: "clock",
    title: "This machine's clock is off",
    symptom:
      "`RequestTimeTooSkewed` (403), or nothing at all where the client corrects it silently.",
    cause:
      "The local clock differs from the store's by more than 15 minutes, which signatures do not bear. " +
      "AWS's SDK for JavaScript and this client correct it silently; Python's and the AWS CLI fail.",
    affects:
      "Every signed request of tools that do not correct it by themselves; links end early or late.",
    signs: [
      { sure: "certain", codes: ["RequestTimeTooSkewed", "ClockOff"] },
      { sure: "likely", codes: ["RequestExpired"] },
      // Whose clock is ahead when it makes links makes such as have not begun; is it behind, ended ones.
      { sure: "likely", denial: { cause: "link-not-begun" } },
      { sure: "possible", denial: { cause: "link-ended" } },
      { sure: "possible", codes: ["SignatureDoesNotMatch"], says: /Signature (?:expired|not yet)/ },
    ],
    remedy: {
      text: "Have the clock set by NTP; in a virtual machine after it was paused, too.",
      commands: ["sudo timedatectl set-ntp true", "date -u"],
      by: "you",
    },
    source: "S3 API Reference, error responses: RequestTimeTooSkewed, 900,000 ms.",
  },
  {
    id: "D65",
    layer: "clock",
    title: "This machine's clock drifts",
    severity: "low",
    symptom: "The server's `Date` differs by a minute or more.",
    cause: "The local clock is not kept by NTP. From 15 minutes on requests are refused.",
    affects: "Nothing yet.",
    signs: [{ sure: "certain", codes: ["ClockDrifts"] }],
    remedy: {
      text: "Have the clock set by NTP.",
      commands: ["sudo timedatectl set-ntp true"],
      by: "you",
    },
    source: "S3 API Reference, error responses: RequestTimeTooSkewed.",
  },
];
