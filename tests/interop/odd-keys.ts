/**
 * Keys that S3 takes and that path libraries, URL parsers or XML readers spoil. Each must come back
 * from every listing exactly as it went in, and lead to its own bytes.
 */
export const oddKeys: readonly string[] = [
  "a//b",
  "a/b",
  "a",
  "../x",
  "a/../b",
  "./dot/./x",
  "/leading",
  "trailing/",
  "space in name",
  " spaces around ",
  "plus+plus",
  "per%cent",
  "%2e%2e/x",
  "already%20encoded",
  "equals=and&ampersand",
  "question?mark#hash",
  "quotes'\"`",
  "back\\slash",
  "brackets[1]{2}(3)",
  "star*tilde~bang!",
  "semi;colon:comma,at@dollar$",
  "<xml>&amp;</xml>",
  "ünïcödé",
  "日本語/ファイル.txt",
  "😀",
  "\uFB01 ligature",
  "e\u0301 decomposed",
  "\u00e9 decomposed",
  "x".repeat(300),
  `${"long/".repeat(204)}1234`,
];

/** Only for clients that ask for URL-encoded listings, since XML 1.0 has no way to write them. */
export const controlKeys: readonly string[] = ["tab\tnew\nline\rreturn", "bell\u0007"];
