// @ts-check

/** What was asked of the server since the last reset. */
export class Counters {
  #cpu = process.cpuUsage();
  connections = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** @type {Record<string, number>} */
  requests = {};
  /** @type {Record<string, number>} */
  faults = {};

  /** @param {string} operation */
  request(operation) {
    this.requests[operation] = (this.requests[operation] ?? 0) + 1;
  }

  /** @param {string} fault */
  fault(fault) {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
  }

  snapshot() {
    const { user, system } = process.cpuUsage(this.#cpu);
    const total = Object.values(this.requests).reduce((sum, count) => sum + count, 0);
    return {
      connections: this.connections,
      requests: total,
      byOperation: this.requests,
      faults: this.faults,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      serverCpuSeconds: (user + system) / 1e6,
    };
  }
}
