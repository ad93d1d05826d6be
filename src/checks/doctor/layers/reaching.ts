import { doctorLimits } from "../../../core/doctor-limits.ts";
import { s3Limits } from "../../../core/limits.ts";
import { fine, idle, type Layer, type LayerOutcome, trouble } from "../layer.ts";
import { seen } from "../symptom.ts";

export const networkLayer: Layer = {
  name: "network",
  title: "Network: name, connection, proxy",
  examine: async ({ sources, facts }) => {
    const { host, proxy, addresses, failure } = await sources.reach();
    facts.host = host;
    if (proxy !== undefined) facts.proxy = proxy;
    if (failure?.layer === "network") return trouble(failure.symptom);
    const others = addresses.filter((address) => address !== host);
    const way = proxy === undefined ? others.join(", ") : `through ${proxy}`;
    return fine(way === "" ? host : `${host} (${way})`);
  },
};

export const tlsLayer: Layer = {
  name: "tls",
  title: "TLS: the server's certificate",
  examine: async ({ sources }) => {
    const { secure, failure, host } = await sources.reach();
    if (failure?.layer === "tls") return trouble(failure.symptom);
    return secure ? fine(`${host} is who it says`) : idle("the endpoint is http://");
  },
};

/** Our own client and the SDK set a clock that is off right without a word; others fail. */
export const clockLayer: Layer = {
  name: "clock",
  title: "Clock: ours beside the server's",
  examine: async ({ sources, facts }) => {
    const { skewSeconds } = await sources.reach();
    if (skewSeconds === undefined) return idle("the server tells no time");
    facts.clockSkewSeconds = skewSeconds;
    return judgeClock(skewSeconds);
  },
};

function judgeClock(skewSeconds: number): LayerOutcome {
  const off = Math.abs(skewSeconds);
  const words = `ours is ${inWords(off)} ${skewSeconds > 0 ? "behind" : "ahead"}`;
  const tried = "Compare the clock with the server's";
  if (off > s3Limits.clockSkewSeconds) return trouble(seen("ClockOff", tried, words));
  if (off >= doctorLimits.clockWarnSeconds) return trouble(seen("ClockDrifts", tried, words));
  return fine(off < 2 ? "the same" : words);
}

function inWords(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
