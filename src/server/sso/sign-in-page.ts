import { createHash } from "node:crypto";
import type { S3Response } from "../operation.ts";
import type { SsoUser } from "./sso-directory.ts";

const style =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}" +
  "code{font-size:1.25rem}label{display:block;margin:.5rem 0}button,input{font:inherit}" +
  "button{padding:.25rem 1rem;margin-right:.5rem}";
const styleHash = createHash("sha256").update(style).digest("base64");

interface PageOptions {
  readonly status?: number;
  /** The origin to which a form's answer may send the browser on. */
  readonly redirectOrigin?: string;
  readonly cookie?: string;
}

/** A page without scripts and without anything from elsewhere. `body` is HTML. */
function page(title: string, body: string, options: PageOptions = {}): S3Response {
  const { status = 200, redirectOrigin, cookie } = options;
  const targets = redirectOrigin === undefined ? "'self'" : `'self' ${redirectOrigin}`;
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy":
        `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${targets}; ` +
        "frame-ancestors 'none'; base-uri 'none'",
      // Without any referrer, browsers would send the form with `Origin: null`, as from elsewhere.
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      ...(cookie !== undefined && { "set-cookie": cookie }),
    },
    body:
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>` +
      `<meta name="viewport" content="width=device-width"><style>${style}</style></head>` +
      `<body><h1>${escapeHtml(title)}</h1>${body}</body></html>`,
  };
}

/** Says something and asks for nothing. */
export function messagePage(title: string, text: string, status = 200): S3Response {
  return page(title, `<p>${escapeHtml(text)}</p>`, { status });
}

/** Asks for the code that a program shows. */
export function codePage(fault?: string): S3Response {
  const told = fault === undefined ? "" : `<p><strong>${escapeHtml(fault)}</strong></p>`;
  return page(
    "Sign in",
    `${told}<form method="get" action="/_sso/device"><label>Code that the program shows ` +
      `<input name="user_code" autocomplete="off" autofocus required></label>` +
      `<button>Continue</button></form>`,
    { status: fault === undefined ? 200 : 404 },
  );
}

export interface Question {
  readonly clientName: string;
  readonly userCode: string;
  readonly users: readonly SsoUser[];
  /** Proves that the answer comes from this page. */
  readonly token: string;
  readonly cookie: string;
  readonly redirectOrigin: string | undefined;
  /** With a device code people compare it. */
  readonly showsCode: boolean;
}

/** Asks who signs in, and whether the program may act for them. */
export function approvalPage(question: Question): S3Response {
  const { clientName, userCode, users, token, cookie, redirectOrigin, showsCode } = question;
  const choices = users.map(({ name, displayName }, index) => {
    const shown = displayName === undefined ? name : `${displayName} (${name})`;
    return (
      `<label><input type="radio" name="user" value="${escapeHtml(name)}"` +
      `${index === 0 ? " checked" : ""}> ${escapeHtml(shown)}</label>`
    );
  });
  const compare = showsCode
    ? `<p>Allow it only if the program shows this code: <code>${escapeHtml(userCode)}</code></p>`
    : "";
  return page(
    "Allow access?",
    `<p><strong>${escapeHtml(clientName)}</strong> wants to use your accounts and roles on this ` +
      `development server.</p>${compare}` +
      `<form method="post" action="/_sso/device">` +
      `<input type="hidden" name="user_code" value="${escapeHtml(userCode)}">` +
      `<input type="hidden" name="token" value="${escapeHtml(token)}">${choices.join("")}` +
      `<button name="answer" value="allow">Allow</button>` +
      `<button name="answer" value="deny">Deny</button></form>`,
    { cookie, ...(redirectOrigin !== undefined && { redirectOrigin }) },
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
